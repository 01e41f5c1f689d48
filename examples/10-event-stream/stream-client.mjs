// A client of the event stream, for pages and for Node. It comes again when the connection is lost, and goes on where it was.

const COME_AGAIN_MS = 2000;

/**
 * @param url - such as ws://localhost:8887/websocket/lwes
 * @param config - what is wanted: ip, port, requests, and whatever else a configuration holds
 * @param handlers - onEvents(events), onMessage(text) for errors and losses, onState(text)
 * @param Socket - the class of WebSockets; Node before 22 has none of its own
 * @returns what ends it
 */
export function follow(url, config, handlers, Socket = globalThis.WebSocket) {
  let since = '';
  let socket;
  let timer;

  const open = () => {
    socket = new Socket(url);
    socket.onopen = () => {
      handlers.onState?.('connected');
      socket.send(JSON.stringify({ ...config, since }));
    };
    socket.onmessage = ({ data }) => {
      const batch = JSON.parse(data);
      since = batch.next ?? since;
      if (batch.msg !== '') handlers.onMessage?.(`${batch.type}: ${batch.msg}`);
      if (batch.data.length > 0) handlers.onEvents(batch.data);
    };
    socket.onerror = () => undefined; // 'close' follows
    socket.onclose = () => {
      handlers.onState?.('not connected');
      timer = setTimeout(open, COME_AGAIN_MS);
    };
  };
  open();

  return () => {
    clearTimeout(timer);
    socket.onclose = null;
    socket.close();
  };
}
