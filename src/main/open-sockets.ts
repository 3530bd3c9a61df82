/** The order streams that are open, so that a stop and a crash can cut them all: a polite close waits for the other side. */
import type { OpenSocket, OrderSocket } from "../adapters/dhan/socket.ts";

export class OpenSockets {
  readonly #openSocket: OpenSocket;
  readonly #sockets = new Set<OrderSocket>();

  constructor(openSocket: OpenSocket) {
    this.#openSocket = openSocket;
  }

  readonly open: OpenSocket = (url, listener) => {
    const socket = this.#openSocket(url, {
      ...listener,
      closed: (code, text) => {
        this.#sockets.delete(socket);
        listener.closed(code, text);
      },
    });
    this.#sockets.add(socket);
    return socket;
  };

  cutAll(): void {
    for (const socket of this.#sockets) socket.cut();
  }
}
