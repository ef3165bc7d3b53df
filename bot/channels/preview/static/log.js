// One person's conversation on the page: bubbles in order, days, focus that survives an edit.

const language = document.documentElement.lang;
const locale = language === "en" ? "en-GB" : language;
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const longDay = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const nearDay = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const texts = document.getElementById("t-texts").dataset;

const EARLIER = 1e9;

const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

function dayName(date) {
  const midnight = (when) => new Date(when.getFullYear(), when.getMonth(), when.getDate());
  const ago = Math.round((midnight(date) - midnight(new Date())) / 86_400_000);
  const name = ago > -2 ? nearDay.format(ago, "day") : longDay.format(date);
  return name[0].toUpperCase() + name.slice(1);
}

export class Log {
  constructor(person) {
    this.element = clone("t-log");
    this.rename(person.name);
    this.element.hidden = true;
    this.items = new Map();
    this.events = new Map();
    this.unread = 0;
    this.draft = "";
    this.placeholder = "";
    this.sending = Promise.resolve();
    this.failed = new Map();
  }

  rename(name) {
    this.element.ariaLabel = document
      .getElementById("t-log").content.firstElementChild.ariaLabel.replace("{name}", name);
  }

  get empty() {
    return !this.element.childElementCount;
  }

  // The bubble of what was just typed, until the server shows its own.
  expect(event, text) {
    const element = this.#message("me");
    const bubble = element.appendChild(document.createElement("div"));
    bubble.className = "bubble";
    const words = bubble.appendChild(document.createElement("div"));
    words.className = "text plain";
    words.textContent = text;
    element.classList.add("waiting");
    this.events.set(event, element);
    this.#put(element, Infinity, new Date());
    return element;
  }

  // An item from the server; true when it is new here.
  show(item) {
    const known = this.items.get(item.id) ?? this.events.get(item.event);
    if (known && Number(known.dataset.seq) >= item.seq) return false;
    if (item.removed) {
      if (known && !this.events.has(item.event)) this.#drop(item.id, known);
      return false;
    }
    const element = known ?? this.#message(item.sender);
    const fresh = !element.dataset.seq;
    element.dataset.seq = item.seq;
    element.dataset.id = item.id;
    element.lang = item.language || language;
    element.classList.remove("waiting");
    this.items.set(item.id, element);
    if (item.event) this.events.delete(item.event);
    this.#fill(element, item);
    if (fresh) this.#put(element, item.number, new Date(item.at));
    if (item.sender === "bot") this.placeholder = item.placeholder || this.placeholder;
    if (item.sender === "bot" && !item.placeholder && fresh) this.placeholder = "";
    return fresh;
  }

  // Bubbles of an earlier run of the program stay, before all new ones; their ids mean nothing now.
  restarted() {
    for (const element of this.items.values()) element.dataset.number -= EARLIER;
    this.items.clear();
    this.element.querySelector(":scope > .notice")?.remove();
    this.element.append(clone("t-restarted"));
  }

  notice() {
    if (!this.element.querySelector(":scope > .notice")) {
      this.element.prepend(clone("t-restarted"));
    }
  }

  newestKeys() {
    const groups = this.element.querySelectorAll(".keys");
    return groups.length ? groups[groups.length - 1].closest(".message") : null;
  }

  fail(element, retry) {
    element.querySelector(".failed")?.remove();
    const notice = element.appendChild(clone("t-failed"));
    element.classList.remove("waiting");
    notice.querySelector("button").addEventListener("click", retry);
  }

  #message(sender) {
    const element = document.createElement("article");
    element.className = `message ${sender}`;
    return element;
  }

  #fill(element, item) {
    const active = element.contains(document.activeElement) ? document.activeElement : null;
    element.innerHTML = item.html; // rendered and escaped by the server
    const meta = document.createElement("span");
    meta.className = "meta";
    const time = document.createElement("time");
    time.dateTime = item.at;
    time.textContent = clock.format(new Date(item.at));
    if (item.edited && item.sender === "me") meta.append(`${texts.edited} `);
    meta.append(time);
    element.querySelector(".bubble").append(meta);
    if (active) this.#refocus(element, active.dataset.key);
  }

  // After an edit the same button has the focus, or the first one, or the message box.
  #refocus(element, key) {
    const buttons = [...element.querySelectorAll("[data-key]:not([disabled])")];
    const same = buttons.find((button) => button.dataset.key === key) ?? buttons[0];
    if (same) same.focus({ preventScroll: true });
    else this.element.dispatchEvent(new CustomEvent("unfocused", { bubbles: true }));
  }

  #drop(id, element) {
    this.items.delete(id);
    element.remove();
  }

  #put(element, number, date) {
    element.dataset.number = number;
    const messages = [...this.element.querySelectorAll(":scope > .message")];
    const next = messages.find((one) => one !== element && Number(one.dataset.number) > number);
    if (next) next.before(element);
    else if (element !== this.element.lastElementChild) this.element.append(element);
    this.#separate(element, date);
  }

  #separate(element, date) {
    element.dataset.day = date.toDateString();
    let before = element.previousElementSibling;
    while (before && !before.dataset.day) before = before.previousElementSibling;
    if (before?.dataset.day === element.dataset.day) return;
    const day = document.createElement("p");
    day.className = "day";
    day.dataset.day = element.dataset.day;
    day.textContent = dayName(date);
    element.before(day);
  }
}
