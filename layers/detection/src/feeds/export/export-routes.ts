import type { ServerResponse } from 'node:http'
import { answer, notFound } from '../../api/call.ts'
import type { Call, Route } from '../../api/call.ts'
import type { DecisionStore } from '../../decisions/decision-store.ts'
import { toCrowdsec } from '../../decisions/stored-decision.ts'
import { ownBans, plainList } from './export-decisions.ts'
import { stixIndicator } from './stix-objects.ts'

/** The one collection there is: an id that is the same everywhere, since each server has its own address. */
export const collectionId = '6f1c1b2e-3c0c-4f0e-9b5a-5e7e0fd00001'
const taxiiType = 'application/taxii+json;version=2.1'
const defaultPage = 1_000
const maxPage = 5_000

const collection = {
  id: collectionId,
  title: 'bans',
  description: 'Addresses and ranges that this installation bans',
  can_read: true,
  can_write: false,
  media_types: ['application/stix+json;version=2.1'],
}

function taxii(
  response: ServerResponse,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body)
  response.writeHead(200, {
    'content-type': taxiiType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(text)
}

/** Own bans for others: a plain list, CrowdSec's form, and a TAXII 2.1 server (OASIS, sections 4 and 5). Readers need a bouncer's key. */
export class ExportRoutes {
  readonly #store: DecisionStore
  readonly #now: () => number

  constructor(store: DecisionStore, now: () => number) {
    this.#store = store
    this.#now = now
  }

  routes(): readonly Route[] {
    const get = (path: RegExp, run: Route['run']): Route => ({ method: 'GET', path, access: 'bouncer', run })
    const root = '/taxii2/bans/'
    return [
      get(/^\/v1\/export\/plain$/, (call) => this.#plain(call)),
      get(/^\/v1\/export\/crowdsec$/, (call) => this.#crowdsec(call)),
      get(/^\/taxii2$/, ({ response }) =>
        taxii(response, { title: 'Sevenfold', default: root, api_roots: [root] }),
      ),
      get(/^\/taxii2\/bans$/, ({ response }) =>
        taxii(response, {
          title: 'Sevenfold',
          versions: ['application/taxii+json;version=2.1'],
          max_content_length: 65_536,
        }),
      ),
      get(/^\/taxii2\/bans\/collections$/, ({ response }) => taxii(response, { collections: [collection] })),
      get(/^\/taxii2\/bans\/collections\/([0-9a-f-]{36})$/, (call) =>
        call.captured[0] === collectionId
          ? taxii(call.response, collection)
          : notFound(call.response, 'no such collection'),
      ),
      get(/^\/taxii2\/bans\/collections\/([0-9a-f-]{36})\/objects$/, (call) => this.#objects(call)),
    ]
  }

  #plain({ response }: Call): void {
    const text = plainList(ownBans(this.#store))
    response.writeHead(200, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    response.end(text)
  }

  #crowdsec({ response }: Call): void {
    const now = this.#now()
    answer(response, 200, { new: ownBans(this.#store).map((ban) => toCrowdsec(ban, now)), deleted: [] })
  }

  /** Pages in the order in which bans were made; `next` and `added_after` say where to go on. */
  #objects({ response, url, captured }: Call): void {
    if (captured[0] !== collectionId) return notFound(response, 'no such collection')
    const { searchParams } = url
    const asked = Number(searchParams.get('limit') ?? defaultPage)
    const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, maxPage) : defaultPage
    const wanted = searchParams.get('match[type]')?.split(',')
    const after = searchParams.get('added_after') ?? ''
    const start = Number(searchParams.get('next') ?? 0)
    const all =
      wanted === undefined || wanted.includes('indicator')
        ? ownBans(this.#store).toSorted((a, b) => a.id - b.id)
        : []
    const fresh = all.filter(({ id }) => id > (Number.isSafeInteger(start) ? start : 0))
    const objects = fresh
      .map((ban) => ({ id: ban.id, object: stixIndicator(ban) }))
      .filter(({ object }) => object.created > after)
    const page = objects.slice(0, limit)
    const [first, last] = [page[0], page.at(-1)]
    const more = objects.length > page.length
    taxii(
      response,
      {
        ...(more ? { more, next: String(last?.id) } : {}),
        ...(page.length === 0 ? {} : { objects: page.map(({ object }) => object) }),
      },
      first === undefined || last === undefined
        ? {}
        : {
            'x-taxii-date-added-first': first.object.created,
            'x-taxii-date-added-last': last.object.created,
          },
    )
  }
}
