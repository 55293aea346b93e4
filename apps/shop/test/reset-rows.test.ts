import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningShop } from '../src/index.ts'
import { startTestShops } from './start-test-shop.ts'
import type { TestShops } from './start-test-shop.ts'

let shops: TestShops
let shop: RunningShop
beforeAll(async () => {
  shops = await startTestShops()
  shop = await shops.start('reset')
})
afterAll(() => shops.close())

/** Everything that a fresh shop holds, in order, without times. */
async function contents(): Promise<unknown> {
  const { database } = shop.shop
  return {
    users: await database.rows('SELECT * FROM users ORDER BY id'),
    products: await database.rows('SELECT * FROM products ORDER BY id'),
    reviews: await database.rows('SELECT id, author, text FROM reviews ORDER BY id'),
    orders: await database.rows('SELECT id, user_id, items FROM orders ORDER BY id'),
    settings: await database.rows('SELECT * FROM settings ORDER BY key'),
    tables: await database.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"),
  }
}

const damages: readonly (readonly [what: string, sql: string])[] = [
  [
    'changed rows',
    "UPDATE users SET role = 'admin'; DELETE FROM orders; INSERT INTO reviews (product_id, author, stars, text) VALUES (1, 'x', 1, 'x')",
  ],
  ['a dropped table', 'DROP TABLE orders CASCADE'],
  ['an added table', 'CREATE TABLE extra (id int)'],
  ['a dropped column', 'ALTER TABLE users DROP COLUMN card'],
  ['an added column', 'ALTER TABLE users ADD COLUMN card2 text'],
  [
    'a trigger',
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()",
  ],
  ['a rule', 'CREATE RULE r AS ON INSERT TO reviews DO INSTEAD NOTHING'],
  ['a dropped schema', 'DROP SCHEMA public CASCADE'],
  ['an open transaction', 'BEGIN; DELETE FROM users'],
  ['a changed search path', 'SET search_path TO pg_catalog'],
]

describe('a reset', () => {
  it.each(damages)('undoes %s', async (_what, sql) => {
    await shop.reset('same')
    const before = await contents()
    await shop.shop.database.rows(sql)
    await shop.reset('same')
    expect(await contents()).toEqual(before)
  })

  it('changes the secrets with the seed only', async () => {
    await shop.reset('one')
    const one = await contents()
    await shop.reset('two')
    expect(await contents()).not.toEqual(one)
    await shop.reset('one')
    expect(await contents()).toEqual(one)
  })
})
