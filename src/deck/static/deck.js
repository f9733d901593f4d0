// What pages gain with a script: rows and log lines that arrive by themselves, and times that stay true.

function listen(url, handlers) {
  let source;
  const open = () => {
    source = new EventSource(url);
    for (const [event, handle] of Object.entries(handlers)) {
      source.addEventListener(event, (message) => handle(message.data, () => source.close()));
    }
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) source?.close();
    else if (source?.readyState === EventSource.CLOSED) location.reload();
  });
  open();
}

const table = document.querySelector("table[data-live]");
if (table) {
  listen(table.dataset.live, {
    row(markup) {
      const template = document.createElement("template");
      template.innerHTML = markup;
      const row = template.content.firstElementChild;
      const old = document.getElementById(row.id);
      if (old) old.replaceWith(row);
      else table.tBodies[0].prepend(row);
    },
  });
}

const log = document.querySelector("ol[data-live-log]");
if (log) {
  const note = document.querySelector(".log-note");
  const atEnd = () => innerHeight + scrollY >= document.body.scrollHeight - 80;
  listen(log.dataset.liveLog, {
    lines(markup) {
      const follow = atEnd();
      log.insertAdjacentHTML("beforeend", markup);
      if (note) note.textContent = "Live: new lines appear here.";
      if (follow) scrollTo(0, document.body.scrollHeight);
    },
    end(_data, close) {
      close();
      setTimeout(() => location.reload(), 700);
    },
  });
}

function lasting(seconds) {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

setInterval(() => {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time.dateTime)) / 1000));
    time.textContent = `${lasting(seconds)} ago`;
  }
}, 1000);

for (const button of document.querySelectorAll("button[data-replay]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    const { replay: id, queue } = button.dataset;
    const token = document.getElementById("replay-token").value;
    const answer = await fetch("/dead-letters/replay", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ queue, id, token }),
    });
    document.getElementById("replay-note").textContent = (await answer.json()).message;
    if (answer.ok) button.closest("tr").remove();
    else button.disabled = false;
  });
}
