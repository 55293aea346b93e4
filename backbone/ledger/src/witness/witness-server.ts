import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import {
  cosign,
  cosignerKey,
  decodeVerifierKey,
  judgeAddCheckpoint,
  maxAddCheckpointBytes,
} from '@sevenfold/merkle'
import type { NoteKey, WitnessVerdict } from '@sevenfold/merkle'
import type { LogSigner } from '../log/log-key.ts'
import type { WitnessStore } from './witness-store.ts'

/** What a witness is made of. */
export interface WitnessOptions {
  readonly name: string
  readonly signer: LogSigner
  /** Verifier keys of the logs that it knows. */
  readonly logs: readonly string[]
  readonly store: WitnessStore
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told when a known log asks for something that a log that only grows never asks for. */
  readonly onMisbehaviour: (why: string) => void
}

/** Cosigns what it is asked to, once it has recorded it. */
export interface Witness {
  readonly key: NoteKey
  /** Status, content type and body for the text of a request. */
  answer(text: string): WitnessAnswer
}

/** An answer to `add-checkpoint`. */
export interface WitnessAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
}

const plain = 'text/plain; charset=utf-8'

function keysByOrigin(logs: readonly string[]): ReadonlyMap<string, readonly NoteKey[]> {
  const found = new Map<string, NoteKey[]>()
  for (const key of logs.map((text) => decodeVerifierKey(text)))
    found.set(key.name, [...(found.get(key.name) ?? []), key])
  return found
}

/** Makes a witness. Throws `MERKLE_BAD_KEY` for a log's key of another form. */
export function createWitness(options: WitnessOptions): Witness {
  const { name, signer, store, now } = options
  const key = cosignerKey(name, signer.publicKey)
  const keys = keysByOrigin(options.logs)
  const view = { keys: (origin: string) => keys.get(origin), last: (origin: string) => store.last(origin) }
  const sign = (message: Uint8Array): Uint8Array => Buffer.from(signer.sign(message), 'base64')
  const put = (verdict: WitnessVerdict): WitnessAnswer => {
    if (verdict.kind === 'conflict')
      return { status: 409, type: 'text/x.tlog.size', body: `${verdict.size}\n` }
    if (verdict.kind === 'refuse') {
      if (verdict.status === 409 || verdict.status === 422) options.onMisbehaviour(verdict.why)
      return { status: verdict.status, type: plain, body: `${verdict.why}\n` }
    }
    store.record(verdict.checkpoint.origin, verdict.checkpoint)
    const seconds = Math.floor(now() / 1000)
    return { status: 200, type: plain, body: cosign(verdict.text, key, { seconds, sign }) }
  }
  // Nothing waits between the look at the record and its change, so two requests cannot cross.
  return { key, answer: (text) => put(judgeAddCheckpoint(text, view)) }
}

/** The body as text; undefined when it is longer than any honest one. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    total += chunk.length
    if (total > maxAddCheckpointBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function send(response: ServerResponse, { status, type, body }: WitnessAnswer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** The HTTP face of a witness: `POST /add-checkpoint`. C2SP tlog-witness. */
export function createWitnessServer(witness: Witness, onError: (error: unknown) => void): Server {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const isAsked = request.url === '/add-checkpoint'
    if (!isAsked || request.method !== 'POST') {
      request.resume()
      send(response, { status: isAsked ? 405 : 404, type: plain, body: 'POST /add-checkpoint\n' })
      return
    }
    const text = await readText(request)
    if (text === undefined) {
      send(response, { status: 413, type: plain, body: 'too long\n' })
      request.destroy()
      return
    }
    send(response, witness.answer(text))
  }
  return createServer(
    { headersTimeout: 5000, requestTimeout: 10_000, maxHeaderSize: 8192 },
    (request, response) => {
      handle(request, response).catch((error: unknown) => {
        onError(error)
        if (response.headersSent) response.destroy()
        else send(response, { status: 500, type: plain, body: 'the record could not be kept\n' })
      })
    },
  )
}
