import type { Row } from '../database/database.ts'
import { weakPasswordHash } from '../database/password.ts'
import type { Exchange } from '../http/exchange.ts'
import { formOf } from '../http/exchange.ts'
import { html, seeOther } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import type { Account } from '../state/session.ts'
import { logLogin } from '../log/log-login.ts'
import { page } from '../view/page.ts'

/** Failed logins of one user after which the patched shop refuses further ones. */
export const lockoutAfter = 5

/** Failed logins from one address, for whatever users, after which it does so too. */
export const addressLockoutAfter = 20

function loginForm(note: string): string {
  return `<h1>Log in</h1>${note === '' ? '' : `<p class="notice">${note}</p>`}
<form method="post" action="/login"><label>User <input name="user" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label><button>Log in</button></form>
<h2>New here?</h2><form method="post" action="/register"><label>User <input name="user" required></label>
<label>Password <input name="password" type="password" autocomplete="new-password" required></label><button>Create account</button></form>`
}

/** `GET /login`. */
export function loginPage(_shop: Shop, exchange: Exchange): Reply {
  return html(page({ title: 'Log in', session: exchange.session, main: loginForm('') }))
}

async function findUser(shop: Shop, user: string, password: string): Promise<Row | undefined> {
  const hash = weakPasswordHash(password)
  if (shop.weak('sql-login')) {
    const sql = `SELECT id, name, display, role FROM users WHERE name = '${user}' AND password = '${hash}'`
    return (await shop.database.rows(sql))[0]
  }
  const sql = 'SELECT id, name, display, role FROM users WHERE name = $1 AND password = $2'
  return (await shop.database.rows(sql, [user, hash]))[0]
}

/** The account of a row of `users`. */
export function accountOf(row: Row): Account {
  return {
    id: Number(row['id']),
    name: String(row['name']),
    display: String(row['display']),
    role: String(row['role']),
  }
}

// Grows without bound, as only the weak shop can afford: a reset makes a new map.
const failures = new WeakMap<Shop, Map<string, number>>()

function failuresOf(shop: Shop): Map<string, number> {
  const known = failures.get(shop) ?? new Map<string, number>()
  failures.set(shop, known)
  return known
}

function countFailure(shop: Shop, user: string, peer: string): void {
  const counts = failuresOf(shop)
  for (const key of [`user ${user}`, `peer ${peer}`]) counts.set(key, (counts.get(key) ?? 0) + 1)
}

function isLocked(shop: Shop, user: string, peer: string): boolean {
  const counts = failuresOf(shop)
  return (
    (counts.get(`user ${user}`) ?? 0) >= lockoutAfter ||
    (counts.get(`peer ${peer}`) ?? 0) >= addressLockoutAfter
  )
}

/** `POST /login`. Flaws: `sql-login`; `login-no-lockout`: any number of attempts is answered. */
export async function login(shop: Shop, exchange: Exchange): Promise<Reply> {
  const form = formOf(exchange)
  const user = (form.get('user') ?? '').slice(0, 500)
  const locked = !shop.weak('login-no-lockout') && isLocked(shop, user, exchange.peer)
  const row = locked ? undefined : await findUser(shop, user, form.get('password') ?? '')
  logLogin(shop, exchange, { user, outcome: row === undefined ? 'failure' : 'success' })
  if (row === undefined) {
    countFailure(shop, user, exchange.peer)
    const main = loginForm('That user and password do not fit together.')
    return html(page({ title: 'Log in', session: exchange.session, main }), 401)
  }
  failuresOf(shop).delete(`user ${user}`)
  exchange.session.account = accountOf(row)
  return seeOther('/account')
}

/** Forgets failed logins; part of a reset. */
export function forgetFailures(shop: Shop): void {
  failures.delete(shop)
}

/** `POST /logout`. */
export function logout(_shop: Shop, exchange: Exchange): Reply {
  delete exchange.session.account
  return seeOther('/')
}

/** `POST /register`: a new customer. */
export async function register(shop: Shop, exchange: Exchange): Promise<Reply> {
  const form = formOf(exchange)
  const user = form.get('user') ?? ''
  const password = form.get('password') ?? ''
  if (!/^[a-z0-9._-]{2,30}$/i.test(user) || password.length < 4) {
    const main = loginForm('Choose a user of letters and digits, and a password of at least 4 characters.')
    return html(page({ title: 'Log in', session: exchange.session, main }), 422)
  }
  const [row] = await shop.database.rows(
    `INSERT INTO users (id, name, password, display, email)
     SELECT max(id) + 1, $1, $2, $3, $4 FROM users ON CONFLICT (name) DO NOTHING RETURNING id, name, display, role`,
    [user, weakPasswordHash(password), user, `${user}@example.org`],
  )
  if (row === undefined) {
    return html(
      page({ title: 'Log in', session: exchange.session, main: loginForm('That user is taken.') }),
      409,
    )
  }
  exchange.session.account = accountOf(row)
  return seeOther('/account')
}
