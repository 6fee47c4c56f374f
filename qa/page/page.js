// What the page does in the browser by itself: language, colours, the source panel, which documents are asked, files
// that are handed in, copies, links that ask. Everything is addressed by class, id and href; no text of a document, of
// a file's name or of a question is ever made markup here: what is, the server has escaped.
(() => {
  "use strict";
  const root = document.documentElement;
  const kept = {
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing */ } },
  };
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Language: what was chosen before, or the browser's.
  const language = () => root.dataset.yzLanguage;
  const speak = (name) => {
    root.dataset.yzLanguage = name;
    root.lang = name === "zh" ? "zh-Hans" : "en";
  };
  const wanted = (navigator.languages || [navigator.language]).find((name) => /^(zh|en)/i.test(name)) || "en";
  speak(kept.get("yz-language") || (/^zh/i.test(wanted) ? "zh" : "en"));

  // Colours: what was chosen before, or Gradio's choice, which follows the system. Gradio makes its choice when
  // it starts, so that ours is held against it.
  const paint = () => {
    const theme = kept.get("yz-theme");
    if (theme && document.body.classList.contains("dark") !== (theme === "dark")) document.body.classList.toggle("dark");
  };
  const hold = () => {
    paint();
    new MutationObserver(paint).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  };
  if (document.body) hold();
  else addEventListener("DOMContentLoaded", hold);

  // What Gradio gave to call the server with, once its page is there; until then what is asked waits.
  let server = null;
  const waiting = [];
  const tell = (name, value) => server ? server(name, value) : waiting.push([name, value]);
  const ask = (question) => tell("ask", question);

  // The source panel.
  const panel = () => one("#yz-source");
  let opener = null;
  const wide = () => matchMedia("(min-width: 861px)").matches;
  const open = (shown, from = null) => {
    root.classList.toggle("yz-open", shown);
    one("#yz-open")?.setAttribute("aria-expanded", String(shown));
    if (shown) opener = from || document.activeElement;
    else if (opener?.isConnected) opener.focus();
  };
  // What is shown beside the conversation: a document, the span in it that was asked for, and how it is looked at.
  // What the server was asked for last counts: what comes before it is passed over.
  let here = null;
  let awaited = false;
  const article = () => one("article", panel());
  const look = (document_, start, end, { view = here?.view || "text", page = 0, focus = "" } = {}) => {
    here = { document: document_, start, end, view, page, focus };
    const shown = article();
    if (shown?.dataset.document === document_ && shown.dataset.view === view && view === "text") {
      mark();
      return;
    }
    awaited = true;
    panel().classList.add("yz-awaited");
    tell("look", { document: document_, start, end, view, page });
  };
  const mark = () => {
    all(".yz-here", panel()).forEach((piece) => piece.classList.remove("yz-here"));
    const found = article();
    if (!found || !here || found.dataset.document !== here.document || here.end <= here.start) return;
    const pieces = all("[data-start]", found)
      .filter((piece) => +piece.dataset.start >= here.start && +piece.dataset.end <= here.end);
    pieces.forEach((piece) => piece.classList.add("yz-here"));
    const first = pieces.find((piece) => piece.offsetParent !== null) || one(".yz-box", found);
    if (!first) return;
    reveal(first);
    if (here.focus) return;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  };
  // What was asked for is there.
  const shown = () => requestAnimationFrame(() => {
    awaited = false;
    panel().classList.remove("yz-awaited");
    const found = article();
    all("#yz-shelf .yz-row").forEach((row) => {
      const name = one("a.yz-name", row);
      if (found && row.dataset.document === found.dataset.document) name?.setAttribute("aria-current", "true");
      else name?.removeAttribute("aria-current");
    });
    if (!found || !here) return;
    mark();
    if (here.focus) one(here.focus, found)?.focus({ preventScroll: true });
    else if (here.end <= here.start) {
      const head = one("h3", found);
      head.tabIndex = -1;
      head.focus({ preventScroll: true });
    }
  });
  // Scrolls the panel alone, so that the conversation stays where it is.
  const reveal = (piece) => {
    const pane = one("#yz-source .yz-documents");
    if (!pane) return;
    const top = piece.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop - 48;
    const far = Math.abs(top - pane.scrollTop) > 2 * pane.clientHeight;
    const calm = far || matchMedia("(prefers-reduced-motion: reduce)").matches;
    pane.scrollTo({ top, behavior: calm ? "auto" : "smooth" });
  };

  // Which documents are asked: all but those that the reader left out, in either language or in one.
  const left = new Set();
  const picks = () => all("#yz-shelf .yz-pick");
  const chosenLanguage = () => one("input[name=yz-language]:checked")?.value || "";
  const choice = () => {
    const ids = picks().map((pick) => pick.value);
    const chosen = ids.filter((id) => !left.has(id));
    return JSON.stringify({
      documents: chosen.length === ids.length ? null : chosen,
      language: chosenLanguage() || null,
    });
  };
  const count = () => {
    const all_ = picks();
    all_.forEach((pick) => { pick.checked = !left.has(pick.value); });
    const asked = all_.filter((pick) => pick.checked).length;
    const only = { zh: " · 中文", en: " · English" }[chosenLanguage()] || "";
    const at = one("#yz-count");
    if (at) at.textContent = (asked === all_.length ? `${all_.length}` : `${asked} / ${all_.length}`) + only;
    const row = one("#yz-filter-row");
    if (row) row.hidden = all_.length < +row.dataset.from;
    sift();
  };
  const sift = () => {
    const field = one("#yz-filter");
    const wanted_ = field && !one("#yz-filter-row").hidden ? field.value.trim().toLocaleLowerCase() : "";
    all("#yz-shelf .yz-row").forEach((row) => {
      const text = `${one(".yz-name", row)?.textContent} ${one(".yz-about", row)?.textContent}`.toLocaleLowerCase();
      row.hidden = !!wanted_ && !text.includes(wanted_);
    });
  };
  // All or none of those that the filter leaves.
  const pickAll = (chosen) => {
    picks().filter((pick) => !pick.closest(".yz-row").hidden)
      .forEach((pick) => { if (chosen) left.delete(pick.value); else left.add(pick.value); });
    count();
  };

  // Files: handed in one after the other, then followed until they can be asked. The token is this tab's alone.
  const tab = {
    get: () => { try { return sessionStorage.getItem("yz-room") || ""; } catch { return ""; } },
    set: (token) => { try { sessionStorage.setItem("yz-room", token); } catch { /* then a reload forgets */ } },
  };
  let token = tab.get();
  // By its path alone: behind a proxy the page knows its address better than the server does.
  const door = () => `${new URL(window.gradio_config?.root || "/", location.href).pathname.replace(/\/$/, "")}/documents`;
  const queue = [];
  let sending = true; // until the page has its room
  const bring = (files) => {
    if (!one("#yz-add") || !files.length) return;
    one("#yz-shelf").open = true;
    for (const file of files) queue.push({ file, row: line(file.name) });
    one("#yz-mine").hidden = false;
    if (!sending) send();
  };
  // A row of a file that the server does not know yet.
  const line = (name) => {
    const row = document.createElement("li");
    row.className = "yz-row yz-waiting";
    const said = row.appendChild(document.createElement("span"));
    said.className = "yz-name";
    said.textContent = name;
    row.append(" ");
    row.appendChild(document.createElement("span")).className = "yz-about";
    one("#yz-sending").append(row);
    return row;
  };
  // Words that the server gave in both languages, with a value put in.
  const word = (row, name, value) => {
    const about = one(".yz-about", row);
    about.textContent = "";
    one("#yz-sending").dataset[name].split("|").forEach((text, at) => {
      const span = about.appendChild(document.createElement("span"));
      span.className = at ? "yz-en" : "yz-zh";
      span.lang = at ? "en" : "zh-Hans";
      span.textContent = text.replace("{}", value);
    });
  };
  const fail = (row, name, reason) => {
    row.className = "yz-row yz-failed";
    word(row, name, reason);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "yz-remove";
    button.textContent = "×";
    button.setAttribute("aria-label", `× ${one(".yz-name", row).textContent}`);
    row.append(button);
    announce(row);
  };
  const announce = (row) => {
    const said = one("#yz-said");
    if (said) said.textContent = `${one(".yz-name", row).textContent}: ${one(".yz-about", row).innerText}`;
  };
  const send = async () => {
    sending = true;
    while (queue.length) {
      const { file, row } = queue.shift();
      const most = +one("#yz-sending").dataset.most;
      if (file.size > most) {
        const size = (bytes) => `${Math.round(bytes / 1e6)} MB`;
        fail(row, "unread", `has ${size(file.size)}, at most ${size(most)} are read; split it`);
        continue;
      }
      try {
        const answer = await hand(file, (share) => word(row, "sending", `${Math.floor(share * 100)}%`));
        if (answer.reason) fail(row, "unread", answer.reason);
        else row.remove();
      } catch {
        fail(row, "unsent", "");
      }
      await follow();
    }
    sending = false;
  };
  const hand = (file, told) => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", door());
    request.setRequestHeader("X-Yinzheng-Room", token);
    request.setRequestHeader("X-Yinzheng-Name", encodeURIComponent(file.name));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => event.total && told(event.loaded / event.total);
    request.onerror = request.onabort = failed;
    request.onload = () => {
      if (request.status === 429) return done({ reason: request.responseText.trim() });
      try { done(JSON.parse(request.responseText)); } catch { failed(); }
    };
    told(0);
    request.send(file);
  });
  // The rows of one's own files as they are now, and again while anything is being done.
  let timer = 0;
  const follow = async () => {
    clearTimeout(timer);
    if (!one("#yz-own")) return;
    let state = null;
    try {
      const answer = await fetch(door(), { headers: { "X-Yinzheng-Room": token } });
      if (answer.ok) state = await answer.json();
      else if (answer.status === 403) state = { ended: true, html: "" };
    } catch { /* the server is not there; it is asked again */ }
    if (state?.ended && drawn) fail(line(one("#yz-mine h3").innerText), "ended", "");
    if (state) draw(state.html);
    if (state?.ended) return;
    // Now and then it is told that this tab is still there.
    timer = setTimeout(follow, !state ? 5000 : state.busy ? 700 : 120000);
  };
  let drawn = "";
  const draw = (html) => {
    const list = one("#yz-own");
    if (html !== drawn) {
      const before = new Map(all("li", list).map((row) => [row.dataset.number || row.dataset.document, row.dataset.state]));
      const focus = list.contains(document.activeElement) && document.activeElement.closest("li");
      const at = focus && [focus.dataset.number || focus.dataset.document, [...focus.querySelectorAll("a, button, input")].indexOf(document.activeElement)];
      list.innerHTML = html;
      drawn = html;
      const rows = all("li", list);
      for (const row of rows) {
        const old = before.get(row.dataset.number);
        if (row.dataset.state !== old && ["ready", "failed"].includes(row.dataset.state)) announce(row);
      }
      if (at) {
        const same = rows.find((row) => (row.dataset.number || row.dataset.document) === at[0]);
        same?.querySelectorAll("a, button, input")[at[1]]?.focus();
      }
    }
    const mine = one("#yz-mine");
    if (mine) mine.hidden = !list.children.length && !one("#yz-sending").children.length;
    count();
  };
  addEventListener("visibilitychange", () => { if (!document.hidden && drawn) follow(); });
  const isFiles = (event) => one("#yz-add") && [...(event.dataTransfer?.types || [])].includes("Files");
  let over = 0;
  const dragged = (now) => {
    over = now;
    root.classList.toggle("yz-dragged", over > 0);
  };
  addEventListener("dragenter", (event) => { if (isFiles(event)) { event.preventDefault(); dragged(over + 1); } });
  addEventListener("dragleave", (event) => { if (isFiles(event)) dragged(Math.max(0, over - 1)); });
  addEventListener("dragover", (event) => { if (isFiles(event)) event.preventDefault(); }, true);
  addEventListener("drop", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    dragged(0);
    bring([...event.dataTransfer.files]);
  }, true);

  // Copies, with a word that it was done.
  const copy = async (button, text) => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.style.position = "fixed";
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
    }
    const said = { zh: ["已复制", "无法复制"], en: ["Copied", "Could not be copied"] };
    const own = button.closest("[lang]")?.lang.startsWith("zh") ? "zh" : "en";
    const before = button.dataset.said || button.textContent;
    button.dataset.said = before;
    button.textContent = said[own][done ? 0 : 1];
    setTimeout(() => { button.textContent = before; }, 1500);
  };

  const links = {
    ask: (rest) => ask({ text: decodeURIComponent(rest) }),
    alone: (rest) => ask({ alone: rest }),
    at: (rest, link) => {
      const [, name, start, end] = /^(.*):(\d+)-(\d+)$/.exec(rest);
      if (!wide()) open(true, link);
      one("#yz-shelf").open = false;
      look(decodeURIComponent(name), +start, +end);
    },
    open: (rest) => {
      if (!wide()) one("#yz-shelf").open = false;
      look(decodeURIComponent(rest), 0, 0);
    },
  };
  addEventListener("click", (event) => {
    const shared = event.target.closest?.("a.yz-link");
    if (shared) {
      event.preventDefault();
      copy(shared, shared.href);
      return;
    }
    const link = event.target.closest?.("a[href^='#']");
    if (link) {
      const [name, ...rest] = link.getAttribute("href").slice(1).split("=");
      if (links[name] && rest.length) {
        event.preventDefault();
        links[name](rest.join("="), link);
        return;
      }
      if (link.closest(".yz-outline")) {
        event.preventDefault();
        const head = document.getElementById(link.getAttribute("href").slice(1));
        if (!head) return;
        reveal(head);
        head.focus({ preventScroll: true });
      }
      if (link.classList.contains("yz-skip")) {
        event.preventDefault();
        one("#yz-box textarea")?.focus();
      }
      return;
    }
    const button = event.target.closest?.("button, .yz-repair");
    if (!button) return;
    const card = button.closest(".yz-card");
    if (button.classList.contains("yz-copy")) copy(button, one(".yz-text", card).textContent);
    else if (button.classList.contains("yz-copy-markdown")) copy(button, one(".yz-markdown", card).textContent);
    else if (button.classList.contains("yz-repair")) one("#yz-why").textContent = button.title;
    else if (button.id === "yz-add") one("#yz-files").click();
    else if (button.id === "yz-all" || button.id === "yz-none") pickAll(button.id === "yz-all");
    else if (button.classList.contains("yz-view")) {
      const found = article();
      const same = here?.document === found.dataset.document ? here : { start: 0, end: 0 };
      const view = button.dataset.view;
      look(found.dataset.document, same.start, same.end, { view, focus: `.yz-view[data-view=${view}]` });
    } else if (button.classList.contains("yz-turn")) {
      const next = button.dataset.turn;
      look(here?.document || article().dataset.document, here?.start || 0, here?.end || 0, {
        view: "page", page: +button.dataset.page, focus: `.yz-turn[data-turn=${next}]:not(:disabled), .yz-turn:not(:disabled)`,
      });
    } else if (button.classList.contains("yz-remove")) {
      const row = button.closest("li");
      const next = row.nextElementSibling || row.previousElementSibling;
      (next?.querySelector("a, button") || one("#yz-add"))?.focus();
      if (row.dataset.number) tell("remove", { number: +row.dataset.number });
      else if (row.dataset.document) tell("remove", { number: +button.dataset.number });
      else row.remove();
    } else if (button.id === "yz-open") open(!root.classList.contains("yz-open"), button);
    else if (button.id === "yz-close") open(false);
    else if (button.id === "yz-theme") {
      kept.set("yz-theme", document.body.classList.contains("dark") ? "light" : "dark");
      paint();
    } else if (button.id === "yz-switch") {
      const next = language() === "zh" ? "en" : "zh";
      kept.set("yz-language", next);
      speak(next);
      tell("speak", { language: next });
    }
  });
  addEventListener("input", (event) => { if (event.target.id === "yz-filter") sift(); });
  addEventListener("change", (event) => {
    if (event.target.classList?.contains("yz-pick")) {
      if (event.target.checked) left.delete(event.target.value);
      else left.add(event.target.value);
      count();
    }
    if (event.target.name === "yz-language") count();
    if (event.target.id === "yz-files") {
      bring([...event.target.files]);
      event.target.value = "";
    }
    if (event.target.id !== "yz-raw") return;
    panel().classList.toggle("yz-show-raw", event.target.checked);
    const why = one("#yz-why");
    if (why) why.textContent = "";
    const first = all(".yz-here", panel()).find((piece) => piece.offsetParent !== null);
    if (first) reveal(first);
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.classList.contains("yz-open")) open(false);
    if ((event.key === "Enter" || event.key === " ") && event.target.classList?.contains("yz-repair")) {
      event.preventDefault();
      one("#yz-why").textContent = event.target.title;
    }
  });

  window.yinzheng = {
    language,
    connect: (trigger, events) => {
      server = (name, value) => { if (events.includes(name)) trigger(name, value); };
      waiting.splice(0).forEach((one_) => server(...one_));
    },
    token: () => token,
    choice,
    shown,
    refresh: () => {
      follow();
      const found = article();
      if (found) tell("look", { document: found.dataset.document, start: 0, end: 0, view: found.dataset.view, page: +found.dataset.page || 0 });
    },
    // The page is there, and this is its room. A question in the address is asked once.
    start: (given) => {
      token = given || "";
      tab.set(token);
      send();
      count();
      follow();
      const question = new URLSearchParams(location.search).get("q");
      if (!question) return;
      const address = new URL(location.href);
      address.searchParams.delete("q");
      history.replaceState(null, "", address);
      ask({ text: question });
    },
    // Shows the last question and what follows it. Gradio labels each message with its HTML source, which a
    // screen reader would read out.
    settle: (moved = true) => requestAnimationFrame(() => requestAnimationFrame(() => {
      const chat = one("#yz-chat");
      all("[data-testid][aria-label]", chat).forEach((message) => message.removeAttribute("aria-label"));
      const examples = one(".yz-examples");
      const last = all(".yz-asked", chat).pop();
      if (examples && last) examples.open = false;
      const pane = last?.closest("[role=log]");
      if (!pane || !moved) return;
      pane.scrollTop += last.getBoundingClientRect().top - pane.getBoundingClientRect().top - 16;
      chat.scrollIntoView({ block: "nearest" });
    })),
    save: (file) => {
      if (!file) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([file.text], { type: `${file.type};charset=utf-8` }));
      link.download = file.name;
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    },
  };
})();
