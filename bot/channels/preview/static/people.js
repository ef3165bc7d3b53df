// The pretend people of this browser: kept in localStorage, shared by its tabs. Which one of
// them a tab shows is the tab's own (sessionStorage).

const STORE = "domov.people";
const CURRENT = "domov.current";

// Not randomUUID: that exists only on https and loopback.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function load() {
  try {
    const found = JSON.parse(localStorage.getItem(STORE) ?? "[]");
    return found.filter((one) => typeof one.id === "string" && typeof one.name === "string");
  } catch {
    return [];
  }
}

export function save(people) {
  localStorage.setItem(STORE, JSON.stringify(people));
}

export function onChange(callback) {
  addEventListener("storage", (event) => event.key === STORE && callback());
}

export const current = {
  get: () => sessionStorage.getItem(CURRENT),
  set: (id) => sessionStorage.setItem(CURRENT, id),
};

export function initials(name) {
  const words = name.split(/[\s,]+/).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0].toUpperCase()).join("");
}

export function paint(avatar, name, seed = name) {
  avatar.textContent = initials(name);
  avatar.dataset.hue = String([...seed].reduce((sum, sign) => sum + sign.codePointAt(0), 0) % 6);
}
