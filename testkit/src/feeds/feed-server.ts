import { createHash } from 'node:crypto'
import { startRecordingServer } from '../http/recording-server.ts'
import type { RecordedRequest, RecordingServer, ScriptedAnswer } from '../http/recording-server.ts'

/** A document that a feed server gives. */
export interface FeedDocument {
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly status?: number
}

/** A server of lists, of a TAXII 2.1 collection and of CrowdSec decisions, that says what it is told to say. */
export interface FeedServer {
  readonly requests: readonly RecordedRequest[]
  readonly url: string
  /** Gives a document at a path, with an ETag of its own; `undefined` takes it away. */
  setDocument(path: string, document: FeedDocument | string | undefined): void
  /** Objects of the collection at `/taxii/collections/ID/`, given in pages. */
  setObjects(collection: string, objects: readonly object[], pageSize?: number): void
  /** Next answers of `/v1/decisions/stream`, in turn; the last is repeated. */
  setDecisions(answers: readonly object[]): void
  close(): Promise<void>
}

interface Collection {
  readonly objects: readonly object[]
  readonly pageSize: number
}

const json = (body: unknown, type = 'application/json'): ScriptedAnswer => ({
  headers: { 'content-type': type },
  body: JSON.stringify(body),
})

function documentAnswer(document: FeedDocument, { headers }: RecordedRequest): ScriptedAnswer {
  const etag = `"${createHash('sha256').update(document.body).digest('hex').slice(0, 16)}"`
  if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } }
  return { status: document.status ?? 200, headers: { etag, ...document.headers }, body: document.body }
}

function pageAnswer({ objects, pageSize }: Collection, url: URL): ScriptedAnswer {
  const start = Number(url.searchParams.get('next') ?? 0)
  const page = objects.slice(start, start + pageSize)
  const more = start + pageSize < objects.length
  return json(
    { ...(more ? { more, next: String(start + pageSize) } : {}), objects: page },
    'application/taxii+json;version=2.1',
  )
}

/** Starts a feed server on loopback. */
export async function startFeedServer(): Promise<FeedServer> {
  const documents = new Map<string, FeedDocument>()
  const collections = new Map<string, Collection>()
  let decisions: readonly object[] = []
  const answer = (request: RecordedRequest): ScriptedAnswer => {
    const url = new URL(request.url, 'http://localhost')
    const document = documents.get(url.pathname)
    if (document !== undefined) return documentAnswer(document, request)
    const id = /^\/taxii\/collections\/([^/]+)\/objects\/$/.exec(url.pathname)?.[1]
    const collection = id === undefined ? undefined : collections.get(id)
    if (collection !== undefined) return pageAnswer(collection, url)
    if (url.pathname === '/v1/decisions/stream' && decisions.length > 0) {
      const [next = {}, ...rest] = decisions
      if (rest.length > 0) decisions = rest
      return json(next)
    }
    return { status: 404, body: 'not found' }
  }
  const server: RecordingServer = await startRecordingServer({ answer })
  return {
    requests: server.requests,
    url: server.url,
    setDocument: (path, document) => {
      if (document === undefined) documents.delete(path)
      else documents.set(path, typeof document === 'string' ? { body: document } : document)
    },
    setObjects: (collection, objects, pageSize = 100) =>
      void collections.set(collection, { objects, pageSize }),
    setDecisions: (answers) => {
      decisions = answers
    },
    close: () => server.close(),
  }
}
