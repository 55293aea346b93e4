import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { maxControlLineBytes } from '@sevenfold/event'
import type { ControlRequest, ControlResponse } from '@sevenfold/event'
import { BackendError } from './backend.ts'

const controlTimeoutMs = 10_000

function readResponse(line: string): ControlResponse {
  try {
    return JSON.parse(line) as ControlResponse // from a part of ours, over a private socket
  } catch (error) {
    throw new BackendError('BACKEND_PROTOCOL', 'the control socket did not answer JSON', 502, error)
  }
}

function exchange(socketPath: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath)
    let text = ''
    const fail = (cause: unknown): void => {
      socket.destroy()
      reject(new BackendError('BACKEND_DOWN', 'the part does not answer on its control socket', 503, cause))
    }
    socket.setEncoding('utf8')
    socket.setTimeout(controlTimeoutMs, () => fail(new Error('timeout')))
    socket.once('error', fail)
    socket.once('connect', () => socket.write(`${line}\n`))
    socket.on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) {
        socket.destroy()
        resolve(text.slice(0, end))
      } else if (text.length > maxControlLineBytes) fail(new Error('line too long'))
    })
    socket.once('end', () => fail(new Error('closed')))
  })
}

/**
 * Sends one control request and waits for its answer.
 * @throws BackendError when the part is down or refuses.
 */
export async function callControl(socketPath: string, request: Omit<ControlRequest, 'id'>): Promise<unknown> {
  const line = await exchange(socketPath, JSON.stringify({ id: randomUUID(), ...request }))
  const response = readResponse(line)
  if (response.ok) return response.result ?? null
  throw new BackendError('BACKEND_REFUSED', `${response.error.code}: ${response.error.message}`, 409)
}
