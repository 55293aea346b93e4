import { request } from 'node:http'
import { parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { AlertsError } from '../alerts-error.ts'

const limits = { maxTextLength: 1_048_576, maxDepth: 16, maxNodes: 50_000, maxStringLength: 65_536 }
const timeoutMs = 10_000

/** Asks a part over its API socket and gives its JSON answer. @throws AlertsError ALERTS_REFUSED. */
export function askPart(
  socketPath: string,
  question: { method: 'POST' | 'DELETE'; path: string; body: JsonObject },
): Promise<Json> {
  const body = JSON.stringify(question.body)
  return new Promise((resolve, reject) => {
    const fail = (message: string, cause?: unknown): void =>
      reject(new AlertsError('ALERTS_REFUSED', message, cause))
    const call = request(
      {
        socketPath,
        method: question.method,
        path: question.path,
        agent: false,
        timeout: timeoutMs,
        headers: {
          host: 'localhost',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          text += chunk
          if (text.length > limits.maxTextLength) call.destroy(new Error('the answer is too long'))
        })
        answer.on('end', () => {
          const status = answer.statusCode ?? 0
          if (status < 200 || status > 299)
            return fail(`${question.path} was refused with ${status}: ${text.slice(0, 200)}`)
          const parsed = text === '' ? undefined : parseBoundedJson(text, limits)
          return resolve(parsed?.ok === true ? parsed.value : null)
        })
      },
    )
    call.on('timeout', () => call.destroy(new Error('no answer in time')))
    call.on('error', (error) => fail(`${question.path}: the part does not answer`, error))
    call.end(body)
  })
}
