import { connect } from 'node:net'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { ControlRequest, ControlResponse } from '@sevenfold/event'

/** Longest answer of a control socket, in bytes. */
export const maxControlAnswerBytes = 1_048_576

const limits = {
  maxTextLength: maxControlAnswerBytes,
  maxDepth: 12,
  maxNodes: 50_000,
  maxStringLength: 65_536,
}

function readResponse(text: string): ControlResponse {
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error('the control socket gave no JSON object')
  const { id, ok, result, error } = parsed.value
  if (typeof id !== 'string' || typeof ok !== 'boolean')
    throw new Error('the control socket gave no response')
  if (ok) return { id, ok, ...(result === undefined ? {} : { result }) }
  const message =
    isJsonObject(error) && typeof error['message'] === 'string' ? error['message'] : 'no reason given'
  const code = isJsonObject(error) ? error['code'] : undefined
  // The code is one of the contract's; an unknown one from a newer part is shown as it is.
  return { id, ok, error: { code: code as 'CONTROL_INTERNAL', message } }
}

/** Asks a part over its control socket. Rejects when nobody listens there or no answer comes within `timeoutMs`. */
export function askControl(
  socketPath: string,
  request: ControlRequest,
  timeoutMs = 10_000,
): Promise<ControlResponse> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath)
    let text = ''
    socket.setEncoding('utf8')
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    socket.on('error', reject)
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`))
    socket.on('close', () => reject(new Error('the control socket closed without an answer')))
    socket.on('data', (chunk: string) => {
      text += chunk
      const newline = text.indexOf('\n')
      if (newline < 0 && text.length <= maxControlAnswerBytes) return
      try {
        resolve(readResponse(text.slice(0, Math.max(0, newline))))
      } catch (error) {
        reject(error instanceof Error ? error : new Error('unreadable answer'))
      }
      socket.destroy()
    })
  })
}
