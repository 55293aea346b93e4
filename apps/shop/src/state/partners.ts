import type { Secrets } from './secrets.ts'

/** Documents of the two in-memory collections that the JSON API searches with operators. */
export interface Collections {
  readonly partners: readonly Record<string, unknown>[]
  readonly reviews: readonly Record<string, unknown>[]
}

/** Fresh collections. */
export function makeCollections(secrets: Secrets): Collections {
  return {
    partners: [
      { partner: 'northwind', password: secrets.partnerPassword, key: secrets.partnerKey, discount: 20 },
      { partner: 'fjordline', password: `${secrets.partnerPassword}-f`, key: 'fjord', discount: 12 },
    ],
    reviews: [
      { author: 'ines', product: 1, stars: 5, text: 'Stood up to a storm on the ridge.', approved: true },
      { author: 'tomasz', product: 3, stars: 4, text: 'Warm, a bit heavy.', approved: true },
      { author: 'guest', product: 3, stars: 1, text: secrets.heldReview, approved: false },
    ],
  }
}
