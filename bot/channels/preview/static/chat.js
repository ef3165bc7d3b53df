// The chat page: several people at once, each with a conversation of their own.

import { Log } from "./log.js";
import * as store from "./people.js";

const $ = (id) => document.getElementById(id);
const texts = $("t-texts").dataset;
const touch = matchMedia("(pointer: coarse)");
const logs = new Map();
const recent = new Map(); // buttons pressed a moment ago
const DOUBLE_CLICK = 400; // ms
const TRIES = [0, 500, 1500]; // ms before each try to send

let people = store.load();
let source = null;
let ready = false;
let editing = null;

const person = () => people.find((one) => one.id === store.current.get());
const logOf = (id) => logs.get(id);

/* ---- people ---- */

function drawPeople() {
  for (const one of people) if (!logs.has(one.id)) addLog(one);
  for (const id of logs.keys()) if (!people.some((one) => one.id === id)) removeLog(id);
  if (!person() && people.length) store.current.set(people[0].id);
  $("people-list").replaceChildren(...people.map(drawPerson));
  drawChat();
}

function drawPerson(one) {
  const row = $("t-person").content.firstElementChild.cloneNode(true);
  const button = row.firstElementChild;
  store.paint(row.querySelector(".avatar"), one.name);
  row.querySelector("b").textContent = one.name;
  row.querySelector("small").textContent = 
    `${languageName(one.language)} · ${texts[one.persona] ?? ""}`;
  const { unread } = logOf(one.id);
  row.querySelector(".unread").hidden = !unread;
  row.querySelector(".count").textContent = unread;
  if (one === person()) button.setAttribute("aria-current", "true");
  button.addEventListener("click", () => choose(one.id));
  return row;
}

function languageName(code) {
  return $("person-language").querySelector(`[value="${CSS.escape(code)}"]`)?.textContent ?? code;
}

function addLog(one) {
  const log = new Log(one);
  logs.set(one.id, log);
  $("logs").append(log.element);
  if (one.restarted) log.notice();
}

function removeLog(id) {
  logs.get(id).element.remove();
  logs.delete(id);
}

function choose(id) {
  const before = person();
  if (before) logOf(before.id).draft = editing ? "" : $("write").value;
  stopEditing();
  store.current.set(id);
  logOf(id).unread = 0;
  $("write").value = logOf(id).draft;
  showPeople(false);
  drawPeople();
  grow();
  toNewest();
  focusWrite();
}

function addPerson(name, language, persona) {
  const one = { id: store.newId(), name, language, persona };
  people = [...people, one];
  store.save(people);
  addLog(one);
  choose(one.id);
  connect();
}

function drawChat() {
  const one = person();
  for (const [id, log] of logs) log.element.hidden = id !== one?.id;
  $("welcome").hidden = Boolean(one);
  $("composer").hidden = !one;
  $("edit-person").hidden = !one;
  $("first").hidden = !(one && ready && logOf(one.id).empty);
  $("typing").hidden = !(one && logOf(one.id).waiting);
  $("who").textContent = one ? texts.youAre.replace("{name}", one.name) : "";
  $("write").placeholder = (one && logOf(one.id).placeholder) || texts.write;
  $("people-open").querySelector(".dot").hidden = ![...logs.values()].some((log) => log.unread);
}

/* ---- what the server tells ---- */

function connect() {
  source?.close();
  ready = false;
  if (!people.length) return;
  for (const log of logs.values()) log.element.setAttribute("aria-busy", "true");
  const ids = people.map((one) => one.id).join(",");
  source = new EventSource(`/preview/stream?people=${ids}`);
  source.addEventListener("hello", (event) => hello(JSON.parse(event.data)));
  source.addEventListener("item", (event) => show(JSON.parse(event.data)));
  source.addEventListener("ready", caughtUp);
  source.addEventListener("error", lost);
}

function lost() {
  online(false);
  if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
}

function online(on) {
  $("state").textContent = on ? $("state").dataset.online : $("state").dataset.offline;
  $("state").classList.toggle("offline", !on);
}

// Another epoch: the program was restarted since, and with it went what the page showed.
function hello({ epoch }) {
  online(true);
  for (const one of people) {
    if (one.epoch && one.epoch !== epoch) {
      one.restarted = true;
      logOf(one.id).restarted();
    }
    one.epoch = epoch;
    if (one.restarted) logOf(one.id).notice();
  }
  store.save(people);
}

function caughtUp() {
  ready = true;
  for (const log of logs.values()) {
    log.element.removeAttribute("aria-busy");
    for (const retry of [...log.failed.values()]) retry();
  }
  drawPeople();
  toNewest();
}

function show(item) {
  const log = logOf(item.user);
  if (!log) return;
  const near = atNewest();
  const fresh = log.show(item);
  if (item.sender === "bot") waiting(item.user, false);
  const shown = item.user === person()?.id;
  if (!shown && fresh && ready && item.sender === "bot") unread(item.user, log);
  if (!ready || !shown) return;
  drawChat();
  // A changed message stays where the eye is; a new one comes into view unless one reads above.
  if (fresh && (near || item.sender === "me")) toNewest();
  else if (fresh) $("newest").hidden = false;
  else if (near) toNewest(true);
}

function unread(id, log) {
  log.unread += 1;
  drawPeople();
  const { name } = people.find((one) => one.id === id);
  $("announce").textContent = texts.newMessage.replace("{name}", name);
}

function waiting(id, on) {
  const log = logOf(id);
  if (!log) return;
  clearTimeout(log.waiting);
  log.waiting = on ? setTimeout(() => waiting(id, false), 8000) : 0;
  $("typing").hidden = !logOf(person()?.id)?.waiting;
}

/* ---- what the person says ---- */

async function post(body) {
  const response = await fetch("/preview/send", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(String(response.status));
}

async function attempt(body) {
  for (const pause of TRIES) {
    if (pause) await new Promise((done) => setTimeout(done, pause));
    try {
      return await post(body);
    } catch (error) {
      if (pause === TRIES.at(-1)) throw error;
    }
  }
}

// One after the other, as they were said; the same event id again when the answer was lost.
function say(what, element) {
  const one = person();
  const log = logOf(one.id);
  const event_id = store.newId();
  const body = { user: one.id, name: one.name, language: one.language, event_id, ...what };
  const bubble = element ?? (what.text ? log.expect(event_id, what.text) : null);
  const go = () => {
    log.failed.delete(event_id);
    bubble?.querySelector(".failed")?.remove();
    waiting(one.id, true);
    log.sending = log.sending.then(() => attempt(body)).catch(() => {
      waiting(one.id, false);
      log.failed.set(event_id, go);
      if (bubble) log.fail(bubble, go);
    });
  };
  go();
  drawChat();
  if (!element) toNewest();
}

function press(button) {
  const group = button.closest("[data-ref]");
  const message = button.closest(".message");
  const key = `${message.dataset.id} ${button.dataset.key}`;
  const now = performance.now();
  if (now - (recent.get(key) ?? -DOUBLE_CLICK) < DOUBLE_CLICK) return;
  recent.set(key, now);
  const what = { ref: group.dataset.ref, press: button.dataset.press };
  say({ press: what, message: message.dataset.id }, message);
}

const ATTACHED = {
  contact_own: { contact: "own" },
  contact_other: { contact: "other" },
  location: { location: [48.1486, 17.1077] }, // Bratislava
};

function submit() {
  const text = $("write").value;
  if (!text.trim()) return;
  if (editing) say({ edited: text, message: editing.dataset.id }, editing);
  else say({ text });
  stopEditing();
  $("write").value = "";
  grow();
}

function startEditing(message) {
  editing = message;
  $("editing").hidden = false;
  $("write").value = message.querySelector(".text").textContent;
  grow();
  $("write").focus();
}

function stopEditing() {
  if (!editing) return;
  editing = null;
  $("editing").hidden = true;
  $("write").value = "";
  grow();
}

/* ---- looks ---- */

function grow() {
  $("write").style.height = "auto";
  $("write").style.height = `${$("write").scrollHeight}px`;
}

function focusWrite() {
  if (!touch.matches) $("write").focus({ preventScroll: true });
}

function atNewest() {
  const { scrollHeight, scrollTop, clientHeight } = $("scroller");
  return scrollHeight - scrollTop - clientHeight < 120;
}

// To the end; of an answer that is longer than the window, to its beginning.
function toNewest(whole = false) {
  const scroller = $("scroller");
  const last = logOf(person()?.id)?.element.lastElementChild;
  const long = !whole && last?.matches(".bot") && last.offsetHeight > scroller.clientHeight;
  scroller.scrollTop = long ? last.offsetTop - 12 : scroller.scrollHeight;
  $("newest").hidden = !long;
}

function showPeople(open) {
  document.body.classList.toggle("people-shown", open);
  document.querySelector("main").inert = open;
  $("people-open").setAttribute("aria-expanded", String(open));
  if (open) $("people-close").focus();
}

function showMenu(open) {
  $("attach-menu").hidden = !open;
  $("attach").setAttribute("aria-expanded", String(open));
  if (open) $("attach-menu").firstElementChild.focus();
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("domov.theme", theme);
  $("theme").setAttribute("aria-pressed", String(theme === "dark"));
}

/* ---- the dialog ---- */

function openPerson(one) {
  const mode = one ? "edit" : "new";
  $("person").dataset.id = one?.id ?? "";
  $("person-title").textContent = $("person-title").dataset[mode];
  $("person-save").textContent = $("person-save").dataset[mode];
  $("person-removal").hidden = !one;
  $("suggestions").hidden = Boolean(one);
  fillPerson(one ?? { name: "", language: document.documentElement.lang, persona: "expat" });
  $("person").returnValue = "";
  $("person").showModal();
  $("person-name").focus();
}

function fillPerson({ name, language, persona }) {
  $("person-name").value = name;
  $("person-language").value = language;
  const radio = persona === "local" ? "local" : "expat";
  document.querySelector(`input[name=persona][value=${radio}]`).checked = true;
}

function savePerson() {
  const [name, language] = [$("person-name").value.trim(), $("person-language").value];
  const persona = document.querySelector("input[name=persona]:checked").value;
  const one = people.find(({ id }) => id === $("person").dataset.id);
  if (!name) return;
  if (!one) return addPerson(name, language, persona);
  Object.assign(one, { name, language, persona });
  logOf(one.id).rename(name);
  store.save(people);
  drawPeople();
}

function removePerson() {
  people = people.filter(({ id }) => id !== $("person").dataset.id);
  store.save(people);
  $("person").close();
  drawPeople();
  connect();
}

/* ---- keys and clicks ---- */

const clicks = {
  "#new-person, #starter-new": () => openPerson(null),
  "#edit-person": () => openPerson(person()),
  "#person-cancel": () => $("person").close(),
  "#person-remove": removePerson,
  "#people-open": () => showPeople(true),
  "#people-close": () => { showPeople(false); $("people-open").focus(); },
  "#start": () => { say({ text: "/start" }); focusWrite(); },
  "#newest": () => { toNewest(true); focusWrite(); },
  "#editing-cancel": () => { stopEditing(); focusWrite(); },
  "#attach": () => showMenu($("attach-menu").hidden),
  "#theme": () => setTheme(isDark() ? "light" : "dark"),
  ".starter[data-name]": (one) =>
    addPerson(one.dataset.name, one.dataset.language, one.dataset.persona),
  ".chip": (one) => { fillPerson(one.dataset); $("person-save").focus(); },
  "[data-attach]": (one) => {
    showMenu(false);
    $("attach").focus();
    say(ATTACHED[one.dataset.attach] ?? { attachment: one.dataset.attach });
  },
  ".key[data-press]": press,
  ".message .edit": (one) => startEditing(one.closest(".message")),
};

document.addEventListener("click", (event) => {
  if (!event.target.closest(".attach")) showMenu(false);
  const drawer = document.body.classList.contains("people-shown");
  if (drawer && !event.target.closest("#people, dialog")) showPeople(false);
  for (const [selector, act] of Object.entries(clicks)) {
    const found = event.target.closest(selector);
    if (found) act(found);
  }
});

function step(event, inside) {
  const move = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = [...inside.querySelectorAll("button:not([disabled]), a.key")];
  const next = all[all.indexOf(document.activeElement) + move];
  event.preventDefault();
  if (next) next.focus();
  else if (move > 0 && inside.id !== "attach-menu") $("write").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !$("attach-menu").hidden) {
    showMenu(false);
    $("attach").focus();
  } else if (event.key === "Escape" && document.body.classList.contains("people-shown")) {
    clicks["#people-close"]();
  } else if (event.key === "Escape" && editing) {
    stopEditing();
  } else if (event.key === "Escape" && event.target.closest(".message")) {
    $("write").focus();
  }
  const inside = event.target.closest(".key") ? event.target.closest(".message") : null;
  const menu = event.target.closest("#attach-menu");
  if (inside ?? menu) step(event, inside ?? menu);
});

$("write").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  } else if (event.key === "ArrowUp" && !$("write").value) {
    const message = logOf(person().id).newestKeys();
    message?.querySelector(".keys button, .keys a")?.focus();
    if (message) event.preventDefault();
  }
});

$("write").addEventListener("input", grow);
$("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); focusWrite(); });
$("person").addEventListener("close", () => $("person").returnValue === "save" && savePerson());
$("page-language").addEventListener("change", (event) =>
  location.assign(`/?language=${event.target.value}`));
$("scroller").addEventListener("scroll", () => { if (atNewest()) $("newest").hidden = true; });
matchMedia("(min-width: 48rem)").addEventListener("change", () => showPeople(false));
document.addEventListener("unfocused", () => (touch.matches ? $("scroller") : $("write")).focus());

store.onChange(() => {
  const before = people.map((one) => one.id).join();
  people = store.load();
  drawPeople();
  if (people.map((one) => one.id).join() !== before) connect();
});

for (const one of document.querySelectorAll(".starter[data-name]")) {
  store.paint(one.querySelector(".avatar"), one.dataset.name);
}
$("theme").setAttribute("aria-pressed", String(isDark()));
drawPeople();
connect();
