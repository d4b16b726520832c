// Filter and fold; the page says the same without it.
(() => {
  const rows = [...document.querySelectorAll(".matrix > tbody")];
  const folds = rows.map((row) => row.querySelector("th details"));
  const find = document.getElementById("find");
  const found = document.getElementById("found");
  document.querySelectorAll(".script").forEach((each) => (each.hidden = false));

  const text = new Map();  // of a row, when it is first looked at
  const textOf = (row) => {
    if (!text.has(row)) text.set(row, row.textContent.toLowerCase());
    return text.get(row);
  };
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    const left = rows.filter((row) => {
      const matches = !wanted || textOf(row).includes(wanted);
      row.classList.toggle("unfound", !matches);
      return matches;
    });
    found.textContent = wanted ? `${left.length} of ${rows.length} scenarios` : "";
  });

  // Away from a row that an address has opened, without moving what is seen.
  const leave = () => {
    const place = [scrollX, scrollY];
    location.hash = "#matrix";
    scrollTo(...place);
  };
  const openAll = (open) => {
    folds.forEach((fold) => (fold.open = open));
    if (!open) leave();
  };
  document.getElementById("open").addEventListener("click", () => openAll(true));
  document.getElementById("close").addEventListener("click", () => openAll(false));

  // A row that a cell has opened can be closed by its name, and by a second click on the cell.
  const follow = () => {
    const target = document.querySelector(".matrix > tbody :target");
    if (target) target.closest("tbody").querySelector("th details").open = true;
  };
  addEventListener("hashchange", follow);
  addEventListener("load", follow);  // :target is not known before
  rows.forEach((row, i) => {
    folds[i].addEventListener("toggle", () => {
      if (!folds[i].open && row.querySelector(":target")) leave();
    });
    row.querySelectorAll(".cell > a").forEach((link) => {
      link.addEventListener("click", (event) => {
        if (link.hash !== location.hash) return;
        event.preventDefault();
        folds[i].open = false;
      });
    });
  });
})();
