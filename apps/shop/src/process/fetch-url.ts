import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** Longest wait for another server, in milliseconds. */
export const fetchTimeoutMs = 2000

/** Most bytes taken from another server. */
export const maxFetchedBytes: number = 1 << 20

const maxRedirects = 3

/** An answer of another server. */
export interface Fetched {
  readonly status: number
  readonly type: string
  readonly body: Uint8Array
}

/** What to send; a body makes it a POST. */
export interface FetchOptions {
  readonly body?: string
}

function once(url: URL, options: FetchOptions): Promise<Fetched & { readonly location?: string }> {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const method = options.body === undefined ? 'GET' : 'POST'
    const outgoing = start(url, { method, timeout: fetchTimeoutMs, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      let total = 0
      answer.on('data', (chunk: Buffer) => {
        total += chunk.length
        if (total > maxFetchedBytes) outgoing.destroy(new Error('the answer is too large'))
        else chunks.push(chunk)
      })
      answer.on('error', reject)
      answer.on('end', () => {
        const { location } = answer.headers
        const fetched = {
          status: answer.statusCode ?? 0,
          type: answer.headers['content-type'] ?? 'application/octet-stream',
          body: Buffer.concat(chunks),
        }
        resolve(location === undefined ? fetched : { ...fetched, location })
      })
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')))
    outgoing.on('error', reject)
    outgoing.end(options.body)
  })
}

/** Fetches any http or https URL and follows redirects, wherever they lead. Rejects with a readable message. */
export async function fetchUrl(text: string, options: FetchOptions = {}): Promise<Fetched> {
  let url = new URL(text)
  for (let hop = 0; hop <= maxRedirects; hop++) {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('only http and https')
    const answer = await once(url, options)
    if (answer.status < 300 || answer.status >= 400 || answer.location === undefined) return answer
    url = new URL(answer.location, url)
  }
  throw new Error('too many redirects')
}
