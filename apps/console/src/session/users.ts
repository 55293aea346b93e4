import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import type { ScryptOptions } from 'node:crypto'
import { isRole } from './role.ts'
import type { Role } from './role.ts'

/** scrypt (RFC 7914) with N = 2^15, r = 8, p = 1: 32 MiB and a few tens of milliseconds a try. */
const cost: ScryptOptions = { N: 32_768, r: 8, p: 1, maxmem: 67_108_864 }
const hashBytes = 32

/** Shortest and longest password, in characters. */
export const passwordLength: { readonly min: number; readonly max: number } = { min: 12, max: 256 }
/** People at most. */
export const maxUsers = 200

/** One person as kept on disk. */
export interface StoredUser {
  readonly name: string
  readonly role: Role
  /** Base64. */
  readonly salt: string
  /** Base64 scrypt hash. */
  readonly hash: string
}

/** Where people are kept. */
export interface UserStore {
  load(): readonly StoredUser[]
  save(users: readonly StoredUser[]): void
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, hashBytes, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

/** Why a person could not be added. */
export type AddUserProblem = 'USER_NAME' | 'USER_PASSWORD_LENGTH' | 'USER_ROLE' | 'USER_TOO_MANY'

/** People who log in with a password. There is none until an administrator adds one: no default password exists. */
export class Users {
  readonly #store: UserStore
  readonly #decoySalt = randomBytes(16)

  constructor(store: UserStore) {
    this.#store = store
  }

  /** True when anybody can log in with a password. */
  get any(): boolean {
    return this.#store.load().length > 0
  }

  /** Adds a person or replaces one of the same name; gives null, or why not. */
  async add(name: string, role: string, password: string): Promise<AddUserProblem | null> {
    if (!/^[a-zA-Z0-9._@-]{1,64}$/.test(name)) return 'USER_NAME'
    if (!isRole(role)) return 'USER_ROLE'
    if (password.length < passwordLength.min || password.length > passwordLength.max)
      return 'USER_PASSWORD_LENGTH'
    const others = this.#store.load().filter((user) => user.name !== name)
    if (others.length >= maxUsers) return 'USER_TOO_MANY'
    const salt = randomBytes(16)
    const hash = await derive(password, salt)
    this.#store.save([
      ...others,
      { name, role, salt: salt.toString('base64'), hash: hash.toString('base64') },
    ])
    return null
  }

  /** The role of a person whose password is right, else null. Takes as long for an unknown name as for a known one. */
  async check(name: string, password: string): Promise<Role | null> {
    if (password.length > passwordLength.max) return null
    const user = this.#store.load().find((candidate) => candidate.name === name)
    const salt = user === undefined ? this.#decoySalt : Buffer.from(user.salt, 'base64')
    const hash = await derive(password, salt)
    if (user === undefined) return null
    const kept = Buffer.from(user.hash, 'base64')
    return kept.length === hash.length && timingSafeEqual(kept, hash) ? user.role : null
  }
}
