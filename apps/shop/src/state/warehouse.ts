/**
 * The old program in the warehouse, which only the shop can reach. It speaks HTTP/1.1 (RFC 9112) over one connection that all visitors share,
 * believes every Content-Length, and answers in order.
 */
export interface Warehouse {
  /** Writes bytes on the shared connection and takes the next answer that stands there; undefined when there is none. */
  exchange(bytes: Buffer): string | undefined
  /** Closes the connection and opens a new one. */
  reconnect(): void
}

/** Most bytes that wait for the rest of a request. */
export const maxWaitingBytes = 1_048_576

interface Request {
  readonly method: string
  readonly path: string
  readonly end: number
}

/** The first request in the bytes; undefined while it is not whole. */
function firstRequest(bytes: Buffer): Request | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [line = '', ...headers] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const [method = '', path = ''] = line.split(' ')
  const length = headers.find((header) => /^content-length:/i.test(header))?.slice('content-length:'.length)
  const end = headEnd + 4 + Math.max(0, Math.trunc(Number(length ?? 0)) || 0)
  return end <= bytes.length ? { method, path, end } : undefined
}

/** Opens the connection; `label` is what the warehouse prints on labels for those who may ask: a secret of the shop. */
export function openWarehouse(label: () => string): Warehouse {
  let waiting = Buffer.alloc(0)
  let answers: string[] = []
  const answer = ({ method, path }: Request): string => {
    if (method === 'POST' && path === '/notify') return 'noted'
    return method === 'GET' && path === '/label-key' ? `label key ${label()}` : 'not known here'
  }
  return {
    exchange: (bytes) => {
      waiting = Buffer.concat([waiting, bytes])
      for (let request = firstRequest(waiting); request !== undefined; request = firstRequest(waiting)) {
        answers.push(answer(request))
        waiting = waiting.subarray(request.end)
      }
      if (waiting.length > maxWaitingBytes) waiting = Buffer.alloc(0)
      return answers.shift()
    },
    reconnect: () => {
      waiting = Buffer.alloc(0)
      answers = []
    },
  }
}
