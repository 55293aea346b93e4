import { describe, expect, it } from 'vitest'
import { DecisionStore } from '../decisions/decision-store.ts'
import type { DecisionWish } from '../decisions/decision-store.ts'
import { decisionFilter, decisionPage, findDecisions, maxListItems } from './decision-filter.ts'

const base: Omit<DecisionWish, 'scope' | 'value'> = {
  type: 'ban',
  untilMs: 2e12,
  origin: 'crowdsec',
  scenario: 'own/Knocking',
  simulated: false,
}

function storeOf(wishes: readonly Partial<DecisionWish>[]): DecisionStore {
  const store = new DecisionStore({
    now: () => 1e12,
    newUuid: () => '',
    journal: { append: () => undefined },
  })
  store.addAll(wishes.map((wish) => ({ ...base, scope: 'ip', value: '', ...wish })))
  return store
}

const store = storeOf([
  { value: '192.0.2.7' },
  { value: '192.0.2.8', scenario: 'own/missing', origin: 'lists' },
  { scope: 'range', value: '192.0.2.0/24', type: 'captcha' },
  { scope: 'range', value: '192.0.0.0/16' },
  { value: '2001:db8::7' },
  { scope: 'country', value: 'FR' },
  { scope: 'username', value: 'ana', scenario: 'own/KNOCKING-twice' },
])

async function found(query: string, filter = decisionFilter(new URLSearchParams(query))): Promise<number[]> {
  const parameters = new URLSearchParams(query)
  return (await findDecisions(store, parameters, filter)).map(({ id }) => id)
}

describe('decisions that a request asks for', () => {
  it.each<readonly [string, readonly number[]]>([
    ['', [1, 2, 3, 4, 5, 6, 7]],
    ['ip=192.0.2.7', [1, 3, 4]],
    ['ip=192.0.9.9', [4]],
    ['range=192.0.2.0/24', [3, 4]],
    ['range=192.0.2.0/24&contains=false', [1, 2, 3]],
    ['range=0.0.0.0/0&contains=false', [1, 2, 3, 4]],
    ['range=::/0&contains=false', [5]],
    ['ip=2001:DB8:0::7', [5]],
    ['value=ana', [7]],
    ['scope=Ip&value=192.0.2.8', [2]],
    ['scope=IP', [1, 2, 5]],
    ['scopes=range,country', [3, 4, 6]],
    ['type=captcha', [3]],
    ['origins=LISTS', [2]],
    ['scenario=own/missing', [2]],
    ['scenarios_containing=KNOCK', [1, 3, 4, 5, 6, 7]],
    ['scenarios_containing=twice,missing', [2, 7]],
    ['scenarios_not_containing=knock', [2]],
    ['scenarios_containing=knock&scenarios_not_containing=twice&scope=username', []],
  ])('by %s', async (query, ids) => {
    expect((await found(query)).toSorted((a, b) => a - b)).toEqual(ids)
  })

  it.each(['ip=nonsense', 'range=192.0.2.0/99', `origins=${'x,'.repeat(maxListItems)}x`])(
    'are not guessed for %s',
    async (query) => {
      await expect((async () => await found(query))()).rejects.toThrow()
    },
  )

  it('have as many values in a list as the limit', async () => {
    expect(await found(`origins=${'x,'.repeat(maxListItems - 1)}lists`)).toEqual([2])
  })

  it('are looked for piece by piece: others are served meanwhile', async () => {
    const large = storeOf(Array.from({ length: 60_000 }, (_, i) => ({ scope: 'username', value: `u${i}` })))
    let turns = 0
    let isOver = false
    const count = (): void => {
      turns += 1
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    const all = await findDecisions(large, new URLSearchParams(), () => true)
    isOver = true
    expect(all.map(({ id }) => id)).toEqual(Array.from({ length: 60_000 }, (_, i) => i + 1))
    expect(turns).toBeGreaterThanOrEqual(2)
  })
})

describe('pages', () => {
  const page = (query: string): number[] =>
    decisionPage(store.active(), new URLSearchParams(query)).map(({ id }) => id)

  it.each<readonly [string, readonly number[]]>([
    ['', [1, 2, 3, 4, 5, 6, 7]],
    ['limit=2', [1, 2]],
    ['limit=2&after=2', [3, 4]],
    ['after=6', [7]],
    ['after=7', []],
    ['limit=&after=', [1, 2, 3, 4, 5, 6, 7]],
  ])('by %s', (query, ids) => {
    expect(page(query)).toEqual(ids)
  })
})
