import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Json } from '@sevenfold/event'
import { BackendError } from './backend.ts'

/** An answer longer than this is refused. */
export const maxAnswerBytes = 16_777_216
/** A part that says nothing for this long is down. */
export const answerTimeoutMs = 10_000

/** One question over a Unix socket. */
export interface SocketQuestion {
  readonly socketPath: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: Json
}

function down(question: SocketQuestion, cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_DOWN',
    `${question.method} ${question.path}: the part does not answer`,
    503,
    cause,
  )
}

async function readAll(answer: IncomingMessage, question: SocketQuestion): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxAnswerBytes) {
      answer.destroy()
      throw new BackendError(
        'BACKEND_TOO_LARGE',
        `${question.path} answered more than ${maxAnswerBytes} bytes`,
        502,
      )
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Opens the answer of a question; the caller reads it. */
export function openAnswer(question: SocketQuestion, signal?: AbortSignal): Promise<IncomingMessage> {
  const body = question.body === undefined ? undefined : JSON.stringify(question.body)
  return new Promise((resolve, reject) => {
    const call = request({
      socketPath: question.socketPath,
      method: question.method,
      path: question.path,
      headers: {
        host: 'localhost',
        accept: 'application/json',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
      timeout: answerTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
    })
    call.once('response', resolve)
    call.once('timeout', () => call.destroy(new Error(`no answer within ${answerTimeoutMs} ms`)))
    call.once('error', (error) => reject(down(question, error)))
    call.end(body)
  })
}

function refusalStatus(status: number): 400 | 404 | 409 | 502 {
  return status === 400 || status === 404 || status === 409 ? status : 502
}

/**
 * Asks a part and reads its JSON answer.
 * @throws BackendError when the part is down, refuses, answers too much, or answers no JSON.
 */
export async function askSocket(question: SocketQuestion): Promise<Json> {
  const answer = await openAnswer(question)
  let text: string
  try {
    text = await readAll(answer, question)
  } catch (error) {
    throw error instanceof BackendError ? error : down(question, error)
  }
  const status = answer.statusCode ?? 0
  if (status === 204) return null
  if (status < 200 || status > 299) {
    throw new BackendError(
      'BACKEND_REFUSED',
      `${question.path}: ${status} ${text.slice(0, 300)}`,
      refusalStatus(status),
    )
  }
  try {
    return JSON.parse(text) as Json // shown as it is; the parts are ours and their sockets are private
  } catch (error) {
    throw new BackendError('BACKEND_PROTOCOL', `${question.path} did not answer JSON`, 502, error)
  }
}
