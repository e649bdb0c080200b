// New notices while somebody looks: their number, and a link to see them. Without this the page shows what there was.
"use strict";

{
  const fresh = document.getElementById("fresh");
  const number = document.getElementById("fresh-number");
  let count = 0;
  document.addEventListener("haechi:notices", () => {
    count += 1;
    number.textContent = String(count);
    fresh.hidden = false;
  });
}
