import type { EvalRequest } from '@sevenfold/seclang/tools'

const words =
  'garden chair table lamp order invoice street house number please deliver monday morning thank you for the quick answer about my last question price colour blue green wood steel'.split(
    ' ',
  )
const base = [
  ['Host', 'shop.example'],
  ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  ['Accept', 'text/html,application/json;q=0.9,*/*;q=0.8'],
  ['Accept-Language', 'en-GB,en;q=0.7'],
] as const

/** Numbers from a seed (xorshift32): the same corpus for the same seed, no string twice within it. */
function numbers(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

function withBody(id: string, type: string, body: string): EvalRequest {
  const length = String(Buffer.byteLength(body))
  const headers = [...base, ['Content-Type', type], ['Content-Length', length]] as const
  return { id, method: 'POST', uri: '/orders', headers, body }
}

/** Requests of one kind. */
export interface BenchClass {
  readonly name: string
  readonly requests: readonly EvalRequest[]
}

/** A small corpus of innocent requests and attacks, seeded: `count` of each kind. */
export function benchCorpus(seed: number, count: number): readonly BenchClass[] {
  const next = numbers(seed)
  const text = (length: number): string =>
    Array.from({ length }, () => `${words[next() % words.length] ?? ''}${next() % 10_000}`).join(' ')
  const query = (parameters: number): string =>
    Array.from({ length: parameters }, (_, at) => `p${at}=${encodeURIComponent(text(2))}`).join('&')
  const get = (id: string, uri: string): EvalRequest => ({ id, method: 'GET', uri, headers: base })
  const make = (name: string, one: (id: string) => EvalRequest): BenchClass => ({
    name,
    requests: Array.from({ length: count }, (_, at) => one(`${name} ${at}`)),
  })
  return [
    make('GET small', (id) => get(id, `/products/${next()}?q=${encodeURIComponent(text(1))}`)),
    make('GET 12 parameters', (id) => get(id, `/search?${query(12)}`)),
    make('form 1 KB', (id) => withBody(id, 'application/x-www-form-urlencoded', query(40))),
    make('JSON 4 KB', (id) =>
      withBody(
        id,
        'application/json',
        JSON.stringify(Array.from({ length: 40 }, () => ({ id: next(), note: text(7) }))),
      ),
    ),
    make('attacks', (id) =>
      get(id, `/?id=${next()}${encodeURIComponent(`' UNION SELECT ${text(1)} FROM users-- -`)}`),
    ),
  ]
}
