// What the page does in the browser by itself: language, colours, the source panel, copies, links that ask.
// Everything is addressed by class, id and href; no text of a document or a question is ever made markup here.
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
  const ask = (question) => server ? server.ask(question) : waiting.push(question);

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
  const mark = (document_, start, end) => {
    all(".yz-here", panel()).forEach((piece) => piece.classList.remove("yz-here"));
    const article = all("article", panel()).find((found) => found.dataset.document === document_);
    if (!article) return;
    const pieces = all("[data-start]", article).filter((piece) => +piece.dataset.start >= start && +piece.dataset.end <= end);
    pieces.forEach((piece) => piece.classList.add("yz-here"));
    const first = pieces.find((piece) => piece.offsetParent !== null);
    if (!first) return;
    reveal(first);
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  };
  // Scrolls the panel alone, so that the conversation stays where it is.
  const reveal = (piece) => {
    const pane = one("#yz-source .yz-documents");
    const top = piece.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop - 48;
    const far = Math.abs(top - pane.scrollTop) > 2 * pane.clientHeight;
    const calm = far || matchMedia("(prefers-reduced-motion: reduce)").matches;
    pane.scrollTo({ top, behavior: calm ? "auto" : "smooth" });
  };

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
      mark(decodeURIComponent(name), +start, +end);
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
    else if (button.id === "yz-open") open(!root.classList.contains("yz-open"), button);
    else if (button.id === "yz-close") open(false);
    else if (button.id === "yz-theme") {
      kept.set("yz-theme", document.body.classList.contains("dark") ? "light" : "dark");
      paint();
    } else if (button.id === "yz-switch") {
      const next = language() === "zh" ? "en" : "zh";
      kept.set("yz-language", next);
      speak(next);
      server?.speak(next);
    }
  });
  addEventListener("change", (event) => {
    if (event.target.id !== "yz-raw") return;
    panel().classList.toggle("yz-show-raw", event.target.checked);
    one("#yz-why").textContent = "";
    const here = all(".yz-here", panel()).find((piece) => piece.offsetParent !== null);
    if (here) reveal(here);
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
    connect: (asking, speaking) => {
      server = { ask: asking, speak: speaking };
      waiting.splice(0).forEach(server.ask);
    },
    // A question in the address, asked once.
    start: () => {
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
