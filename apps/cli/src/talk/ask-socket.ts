import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json } from '@sevenfold/event'
import { CliError, environmentError, exitCodes } from '../program/cli-error.ts'

/** A question to a part over its Unix socket. */
export interface Question {
  readonly socketPath: string
  /** Name of the part in messages. */
  readonly part: string
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: Json
  /** How long nothing may come before the part counts as down; default 10 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

const answerLimits = {
  maxTextLength: 64 * 1024 * 1024,
  maxDepth: 40,
  maxNodes: 5_000_000,
  maxStringLength: 1_000_000,
}
const answerTimeoutMs = 10_000

function down(question: Question, cause: unknown): CliError {
  return environmentError(
    `${question.part} does not answer on ${question.socketPath}`,
    'is it running? start it with sevenfold up, or name its data folder with --data',
    cause,
  )
}

/** Opens the answer; the caller reads it. Statuses are not looked at. @throws CliError when nobody answers. */
export function openAnswer(question: Question): Promise<IncomingMessage> {
  const body = question.body === undefined ? undefined : JSON.stringify(question.body)
  return new Promise((resolve, reject) => {
    const call = request({
      socketPath: question.socketPath,
      method: question.method ?? 'GET',
      path: question.path,
      headers: {
        host: 'localhost',
        accept: 'application/json',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
      timeout: question.timeoutMs ?? answerTimeoutMs,
      ...(question.signal === undefined ? {} : { signal: question.signal }),
    })
    call.once('response', resolve)
    call.once('timeout', () => call.destroy(new Error('no answer in time')))
    call.once('error', (error) => reject(down(question, error)))
    call.end(body)
  })
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > answerLimits.maxTextLength) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function refusal(value: Json | undefined, text: string): string {
  const error = isJsonObject(value) ? (value['error'] ?? value) : undefined
  if (typeof error === 'string') return error
  if (isJsonObject(error) && typeof error['message'] === 'string') return error['message']
  if (isJsonObject(error) && typeof error['code'] === 'string') return error['code']
  return text.slice(0, 200)
}

/**
 * Asks a part and gives its JSON answer; `undefined` for 404, null for an empty one.
 * @throws CliError when nobody answers (environment) or the part refuses (usage for 4xx, environment for 5xx).
 */
export async function askSocket(question: Question): Promise<Json | undefined> {
  const answer = await openAnswer(question)
  const status = answer.statusCode ?? 0
  let text: string
  try {
    text = await readText(answer)
  } catch (error) {
    throw down(question, error)
  }
  if (status === 404) return undefined
  const parsed = text === '' ? undefined : parseBoundedJson(text, answerLimits)
  const value = parsed?.ok === true ? parsed.value : undefined
  if (status >= 200 && status < 300) {
    if (parsed?.ok === false)
      throw environmentError(`${question.part} did not answer JSON`, 'is it of this version?')
    return value ?? null
  }
  const code = status < 500 ? exitCodes.usage : exitCodes.environment
  throw new CliError(
    code,
    `${question.part} refused: ${refusal(value, text)}`,
    `it answered with status ${status}`,
  )
}
