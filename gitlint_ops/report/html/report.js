"use strict";
(() => {
  const form = document.getElementById("filters");
  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  if (!form) return;
  const search = document.getElementById("search");
  const status = document.getElementById("status");
  const selects = ["environment", "app", "rule"].map((id) => document.getElementById(id));
  const findings = [...document.querySelectorAll("article.finding")].map((article) => ({
    article,
    text: article.textContent.toLowerCase(),
  }));
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set([...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value));
    let shown = 0;
    for (const { article, text } of findings) {
      const visible =
        severities.has(article.dataset.severity) &&
        selects.every((one) => !one.value || article.dataset[one.id].split(" ").includes(one.value)) &&
        words.every((word) => text.includes(word));
      article.hidden = !visible;
      shown += visible;
    }
    status.textContent = `${shown} of ${findings.length} findings shown`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  form.hidden = false;
  filter();
})();
