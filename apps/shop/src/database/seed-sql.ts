import type { Secrets } from '../state/secrets.ts'
import { weakPasswordHash } from './password.ts'
import { products } from './products.ts'

/** Password of `mallory`, the attacker's own ordinary account. */
export const attackerPassword = 'trail-mix'

/** Password of `anna`; near the end of every list of common passwords. */
export const commonPassword = 'sunshine1'

interface SeedUser {
  readonly name: string
  readonly display: string
  readonly password: string
  readonly role?: string
  readonly card: string
}

function seedUsers(secrets: Secrets): readonly SeedUser[] {
  return [
    { name: 'admin', display: 'Shop office', password: secrets.adminPassword, role: 'admin', card: '' },
    { name: 'anna', display: 'Anna Lindqvist', password: commonPassword, card: '4539578763621486' },
    { name: 'bo', display: 'Bo Petersen', password: 'hej-hej-2024', card: '4916338506082832' },
    { name: 'chiara', display: 'Chiara Conti', password: 'montagna!7', card: '5425233430109903' },
    { name: 'dmitri', display: 'Dmitri Sokolov', password: 'qwerty123', card: '2223000048410010' },
    { name: 'mallory', display: 'Mallory', password: attackerPassword, card: '' },
  ]
}

const addresses = [
  'Kungsgatan 4, Uppsala',
  'Havnegade 12, Aarhus',
  'Via Roma 8, Trento',
  'Ringstrasse 3, Graz',
]

/** A value as an SQL literal. */
function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`
}

function values(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `(${row.map(literal).join(',')})`).join(',\n')
}

/** Rows of a fresh shop as one SQL text. */
export function seedSql(secrets: Secrets): string {
  const users = seedUsers(secrets).map((user, index) => [
    index + 1,
    user.name,
    weakPasswordHash(user.password),
    user.display,
    user.role ?? 'customer',
    `${user.name}@example.org`,
    user.card,
  ])
  const goods = products.map((p, index) => [index + 1, p.name, p.category, p.cents, p.stock, p.description])
  const orders = addresses.map((address, index) => [
    index + 2,
    12_900 + index * 2350,
    `${index + 1} x 1`,
    address,
  ])
  return `
INSERT INTO users (id, name, password, display, role, email, card) VALUES ${values(users)};
INSERT INTO products (id, name, category, price_cents, stock, description) VALUES ${values(goods)};
INSERT INTO products VALUES (900, 'Winter preview tent', 'tents', 89900, 0, 'Not announced yet', true);
INSERT INTO orders (user_id, total_cents, items, address) VALUES ${values(orders)};
INSERT INTO reviews (product_id, author, stars, text) VALUES
  (1, 'Anna Lindqvist', 5, 'Three weeks on the Kungsleden, dry every night.'),
  (1, 'Bo Petersen', 4, 'Pitches in four minutes. Pegs could be longer.'),
  (5, 'Chiara Conti', 5, 'My feet have never been happier.');
INSERT INTO settings VALUES ('payment_key', ${literal(secrets.paymentKey)}), ('shop_name', 'Larch & Lantern');
`
}
