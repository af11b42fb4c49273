// Another runtime, by itself: `node plain.js PORT SIZE`, with `ws` where NODE_PATH finds it.
const { WebSocketServer } = require("ws");

const [port, size] = process.argv.slice(2).map(Number);
const server = new WebSocketServer({ host: "127.0.0.1", port, perMessageDeflate: false });

server.on("connection", (socket) => {
  socket.on("message", (text) => {
    const told = text.toString().padEnd(size);
    for (const each of server.clients) each.send(told);
  });
});
