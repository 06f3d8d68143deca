"use strict";
(() => {
  const plot = document.getElementById("plot");
  const readout = document.getElementById("readout");
  const zoom = document.querySelector(".zoom");
  const marks = [...plot.querySelectorAll(".mark")];
  const scroll = plot.parentElement;
  const kind = (mark) => mark.classList[1];
  const line = (mark) => document.getElementById("e" + mark.id.slice(1));
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  // Stepping through the marks: one of them at a time can be tabbed to.
  let current = marks[0];

  function point(mark) {
    if (current) current.tabIndex = -1;
    current = mark;
    mark.tabIndex = 0;
  }

  function show(mark) {
    const box = mark.getBoundingClientRect();
    const room = scroll.getBoundingClientRect();
    if (box.left < room.left + 20 || room.right - 20 < box.left) {
      scroll.scrollLeft += box.left - room.left - room.width / 2;
    }
  }

  function tell(mark) {
    const item = line(mark);
    const part = (name) => item.querySelector(name)?.textContent ?? "";
    readout.textContent = [part("a"), part(".fact"), part(".more")].join(" ").trim();
  }

  function step(key, mark) {
    const at = marks.indexOf(mark);
    const same = (other) => kind(other) === kind(mark);
    if (key === "ArrowRight") return marks[at + 1];
    if (key === "ArrowLeft") return marks[at - 1];
    if (key === "ArrowDown") return marks.slice(at + 1).find(same);
    if (key === "ArrowUp") return marks.slice(0, at).findLast(same);
    if (key === "Home") return marks[0];
    return key === "End" ? marks.at(-1) : null;
  }

  function focus(mark) {
    point(mark);
    mark.focus({ preventScroll: true });
    show(mark);
  }

  plot.addEventListener("keydown", (event) => {
    const mark = event.target.closest(".mark");
    if (!mark || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = step(event.key, mark);
    if (next === null) return;
    event.preventDefault();
    if (next) focus(next);
  });
  plot.addEventListener("focusin", (event) => {
    const mark = event.target.closest(".mark");
    if (!mark) return;
    point(mark);
    tell(mark);
  });
  plot.addEventListener("pointerover", (event) => {
    const mark = event.target.closest(".mark");
    if (mark && !plot.contains(document.activeElement)) tell(mark);
  });

  // Ways between the timeline and the list.
  function arrive() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    target.closest("details")?.setAttribute("open", "");
    if (/^t\d+$/.test(id)) {
      plot.closest(".plot").scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
      focus(target);
    } else if (/^e\d+$/.test(id)) {
      target.scrollIntoView({ block: "center" });
      target.querySelector("a").focus({ preventScroll: true });
    }
  }
  addEventListener("hashchange", arrive);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    // The same place a second time is no change of it.
    if (link && link.getAttribute("href") === location.hash) arrive();
  });

  // Zoom keeps the middle where it is.
  const narrowest = plot.getBoundingClientRect().width;
  let width = narrowest;
  function widen(by) {
    const room = scroll.clientWidth - 20;
    const middle = (scroll.scrollLeft + room / 2) / width;
    width = by ? Math.min(Math.max(width * by, room), 60000) : room;
    plot.setAttribute("width", width);
    plot.classList.toggle("whole", width < 0.7 * narrowest);
    scroll.scrollLeft = middle * width - room / 2;
  }
  zoom.hidden = false;
  zoom.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) widen(Number(button.dataset.zoom));
  });

  // From what was said to its place in the timeline.
  document.querySelector(".lanes")?.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-at]");
    if (link) scroll.scrollLeft = Number(link.dataset.at) * width - scroll.clientWidth / 2;
  });

  // Paper has no folds.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => {
    folded.forEach((details) => { details.open = false; });
    folded = [];
  });

  arrive();
})();
