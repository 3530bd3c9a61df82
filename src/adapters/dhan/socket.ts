/** A socket of the order stream: the shape that the adapter needs, so that simulation can hand in its own, and the real one. */
import { type RawData, WebSocket } from "ws";

export interface OrderSocket {
  send(text: string): void;
  ping(): void;
  /** Takes leave politely. */
  close(): void;
  /** Cuts the connection at once: nothing is waited for. */
  cut(): void;
}

/** Nothing is called before `OpenSocket` has returned. `closed` comes exactly once, without an opening too, and last. */
export interface SocketListener {
  opened(): void;
  text(frame: string): void;
  binary(bytes: number): void;
  /** A pong, or a ping of the other side's own: it lives. */
  lives(): void;
  closed(code: number, text: string): void;
}

export type OpenSocket = (url: string, listener: SocketListener) => OrderSocket;

/** Far above any frame that was ever seen; what is larger closes the connection. */
const FRAME_BYTES_MAX = 4 * 1024 * 1024;

/**
 * The real socket. Compression costs time and memory for nothing on frames of a kilobyte; text with broken characters is for the
 * reader to count, not for the library to hang up on (reference 4.2).
 */
export const openWebSocket: OpenSocket = (url, listener) => {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: FRAME_BYTES_MAX, skipUTF8Validation: true });
  let trouble = "";
  socket.on("open", () => listener.opened());
  socket.on("message", (data, isBinary) => {
    const bytes = asBuffer(data);
    if (isBinary) listener.binary(bytes.length);
    else listener.text(bytes.toString());
  });
  socket.on("pong", () => listener.lives());
  socket.on("ping", () => listener.lives());
  socket.on("error", (error) => {
    trouble = error.message;
  });
  socket.on("close", (code, reason) => listener.closed(code, reason.toString() || trouble));
  return {
    send: (text) => socket.send(text),
    ping: () => socket.ping(),
    close: () => socket.close(1000),
    cut: () => socket.terminate(),
  };
};

/** A whole buffer in practice; the library's type allows for its other settings. */
function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
