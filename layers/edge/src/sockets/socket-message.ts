/** Worker → primary about listening sockets, which all workers share. `key` names the place. */
export type SocketQuestion =
  | { readonly type: 'socket-ask'; readonly key: string; readonly path?: string }
  /** The socket comes with the message. */
  | { readonly type: 'socket-opened'; readonly key: string }
  | { readonly type: 'socket-failed'; readonly key: string }

/** Primary → worker: the socket comes with the message, or the worker shall open it. */
export interface SocketAnswer {
  readonly type: 'socket'
  readonly key: string
  readonly open: boolean
  /** Another process is about to leave the place: try again until it did. */
  readonly patient: boolean
}

/** Process ↔ whoever started it and keeps its listening sockets. The socket comes with `keep` and `kept`. */
export type KeeperMessage = {
  readonly type: 'socket-keep' | 'socket-drop' | 'socket-kept'
  readonly key: string
}

/** Variable that says how many sockets a started process gets from its parent; absent: the parent keeps none. */
export const socketsVariable = 'SEVENFOLD_SOCKETS'

/** Longest name of a socket that a keeper takes, characters. */
export const keyLimit = 512
/** Most sockets that a keeper takes. */
export const keptLimit = 256
