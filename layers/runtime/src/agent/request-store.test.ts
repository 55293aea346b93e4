import { describe, expect, it } from 'vitest'
import { createStore } from './request-store.ts'

describe('the store of the running code', () => {
  const store = createStore<{ readonly name: string }>()
  store.follow()
  const name = (): string | undefined => store.getStore()?.name

  it('knows for whom code runs, and nobody afterwards', () => {
    expect(
      store.run({ name: 'a' }, () => [name(), store.run({ name: 'b' }, name), name(), store.exit(name)]),
    ).toEqual(['a', 'b', 'a', undefined])
    expect(() =>
      store.run({ name: 'a' }, () => {
        throw new Error('x')
      }),
    ).toThrow('x')
    expect(name()).toBeUndefined()
  })

  it('follows awaits, also when two take turns', async () => {
    const work = async (): Promise<readonly (string | undefined)[]> => {
      const seen = [name()]
      await Promise.resolve()
      seen.push(name())
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(name())
      await Promise.all([Promise.resolve(), Promise.resolve(1)])
      seen.push(name())
      return seen
    }
    const [a, b] = await Promise.all([store.run({ name: 'a' }, work), store.run({ name: 'b' }, work)])
    expect(a).toEqual(['a', 'a', 'a', 'a'])
    expect(b).toEqual(['b', 'b', 'b', 'b'])
    expect(name()).toBeUndefined()
  })

  it('follows reactions that throw', async () => {
    const seen = await store.run({ name: 'a' }, () => Promise.reject(new Error('x')).catch(() => name()))
    expect(seen).toBe('a')
    expect(name()).toBeUndefined()
  })

  it('binds callbacks', () => {
    const bound = store.run({ name: 'a' }, () => store.bind(name))
    expect([undefined, 'a']).toContain(bound()) // Node's own storage follows callbacks by itself
    expect(store.bind(name)).toBe(name)
  })
})
