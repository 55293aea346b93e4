import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'
import { DetectionError } from '../detection-error.ts'
import { checkPassword, hashPassword, passwordLength } from './password-hash.ts'
import { makeToken, readToken } from './token.ts'

/** A machine as it is listed: never with its password. */
export interface Machine {
  readonly name: string
  /** ISO 8601 UTC. */
  readonly created: string
  /** False for one that registered by itself and that nobody has accepted yet. */
  readonly validated: boolean
  /**
   * True: its alerts can get addresses banned that the edge never saw, and it may take back anybody's decisions. A
   * machine that is taken over has the same power, within the never-ban list and the blast radius.
   */
  readonly trusted: boolean
}

interface StoredMachine extends Machine {
  readonly passwordHash: string
}

/** Most machines, and most among them that nobody has accepted: anybody who reaches the API can register. */
export const maxMachines = 1_000
export const maxPending = 50
/** Log-ins that are checked at one time; each costs memory and time. */
export const maxLogins = 4
const nameForm = /^[a-zA-Z0-9][\w.@:-]{0,127}$/
const limits = { maxTextLength: 2_097_152, maxDepth: 4, maxNodes: 20_000, maxStringLength: 512 }

function readMachine(item: JsonObject): StoredMachine | undefined {
  const { name, created, passwordHash, validated, trusted } = item
  if (typeof name !== 'string' || typeof created !== 'string' || typeof passwordHash !== 'string')
    return undefined
  return { name, created, passwordHash, validated: validated === true, trusted: trusted === true }
}

function readFile(path: string): StoredMachine[] {
  if (!existsSync(path)) return []
  const parsed = parseBoundedJson(readFileSync(path, 'utf8'), limits)
  const list = parsed.ok && isJsonObject(parsed.value) ? parsed.value['machines'] : undefined
  if (!Array.isArray(list))
    throw new DetectionError(
      'DETECTION_MACHINES_INVALID',
      `${path} is damaged; remove it and add the machines again`,
    )
  return list.flatMap((item) => (isJsonObject(item) ? (readMachine(item) ?? []) : []))
}

function readOrMakeSecret(path: string): Buffer {
  if (existsSync(path)) {
    const secret = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url')
    if (secret.length === 32) return secret
  }
  const secret = randomBytes(32)
  writeAtomic(path, `${secret.toString('base64url')}\n`)
  return secret
}

const listed = ({ name, created, validated, trusted }: StoredMachine): Machine => ({
  name,
  created,
  validated,
  trusted,
})

/** What machine keys need. */
export interface MachineKeysOptions {
  readonly path: string
  /** File of the secret that tokens are signed with; made when it is not there. */
  readonly secretPath: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** With it a machine that registers is accepted at once. */
  readonly registrationToken?: string
}

/** The machines that may report alerts, with hashed passwords in a file. */
export class MachineKeys {
  readonly #options: MachineKeysOptions
  readonly #secret: Buffer
  #machines: readonly StoredMachine[]
  #logins = 0

  /** Throws `DETECTION_MACHINES_INVALID` for a damaged file. */
  constructor(options: MachineKeysOptions) {
    this.#options = options
    this.#machines = readFile(options.path)
    this.#secret = readOrMakeSecret(options.secretPath)
  }

  #save(machines: readonly StoredMachine[]): void {
    writeAtomic(this.#options.path, `${JSON.stringify({ v: 1, machines }, undefined, 2)}\n`)
    this.#machines = machines
  }

  #check(name: string, password: string): void {
    const { min, max } = passwordLength
    if (!nameForm.test(name) || password.length < min || password.length > max)
      throw new DetectionError(
        'DETECTION_BAD_MACHINE',
        `a machine has a name of letters, digits, dots and hyphens, and a password of ${min} to ${max} characters`,
      )
    if (this.#machines.some((machine) => machine.name === name))
      throw new DetectionError('DETECTION_MACHINE_EXISTS', `a machine is called ${name} already`)
    if (this.#machines.length >= maxMachines)
      throw new DetectionError('DETECTION_BAD_MACHINE', `there are ${maxMachines} machines already`)
  }

  async #insert(
    name: string,
    password: string,
    rights: Pick<Machine, 'validated' | 'trusted'>,
  ): Promise<Machine> {
    this.#check(name, password)
    const passwordHash = await this.#limited(() => hashPassword(password))
    this.#check(name, password) // another may have come meanwhile
    const machine = { name, created: new Date(this.#options.now()).toISOString(), passwordHash, ...rights }
    this.#save([...this.#machines, machine])
    return listed(machine)
  }

  /**
   * Adds an accepted machine; a password is made when none is given. Throws `DETECTION_BAD_MACHINE`,
   * `DETECTION_MACHINE_EXISTS`, `DETECTION_BUSY`.
   */
  async add(name: string, options: { trusted: boolean; password?: string }): Promise<{ password: string }> {
    const password = options.password ?? randomBytes(32).toString('base64url')
    await this.#insert(name, password, { validated: true, trusted: options.trusted })
    return { password }
  }

  /**
   * A machine registers itself: accepted at once with the configured token, else it waits for somebody to accept it.
   * A wrong token is refused. Throws as `add`.
   */
  async register(name: string, password: string, token: string): Promise<Machine> {
    const expected = this.#options.registrationToken
    if (token !== '' && (expected === undefined || !equal(token, expected)))
      throw new DetectionError('DETECTION_BAD_MACHINE', 'this registration token is not the configured one')
    const isPending = token === ''
    if (isPending && this.#machines.filter(({ validated }) => !validated).length >= maxPending)
      throw new DetectionError('DETECTION_BUSY', `${maxPending} machines wait to be accepted already`)
    return this.#insert(name, password, { validated: !isPending, trusted: false })
  }

  /** Accepts a machine, or changes what it may; undefined when there is none of this name. */
  change(name: string, rights: Partial<Pick<Machine, 'validated' | 'trusted'>>): Machine | undefined {
    const machine = this.#machines.find((one) => one.name === name)
    if (machine === undefined) return undefined
    const changed = { ...machine, ...rights }
    this.#save(this.#machines.map((one) => (one === machine ? changed : one)))
    return listed(changed)
  }

  /** Removes a machine; its tokens are refused from now on. False when there is none of this name. */
  delete(name: string): boolean {
    const rest = this.#machines.filter((machine) => machine.name !== name)
    if (rest.length === this.#machines.length) return false
    this.#save(rest)
    return true
  }

  /** The machines, without their passwords. */
  list(): Machine[] {
    return this.#machines.map(listed)
  }

  async #limited<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#logins >= maxLogins)
      throw new DetectionError('DETECTION_BUSY', 'too many log-ins at one time, try again')
    this.#logins += 1
    try {
      return await run()
    } finally {
      this.#logins -= 1
    }
  }

  /**
   * A token for a machine with this password; undefined when there is no such machine, it is not accepted, or the
   * password is wrong: all of them take the same time. Throws `DETECTION_BUSY`.
   */
  async login(name: string, password: string): Promise<{ token: string; expire: string } | undefined> {
    const machine = this.#machines.find((one) => one.name === name)
    const stored = machine?.passwordHash ?? (await unknownMachine())
    const isRight = await this.#limited(() => checkPassword(password.slice(0, passwordLength.max), stored))
    return isRight && machine?.validated === true ? this.refresh(machine.name) : undefined
  }

  /**
   * A token for a machine that is known by its certificate; it is added when it comes for the first time. Nobody has a
   * password for it. Throws as `add`.
   */
  async loginByCertificate(name: string): Promise<{ token: string; expire: string; isNew: boolean }> {
    const isNew = !this.#machines.some((one) => one.name === name)
    try {
      if (isNew) await this.add(name, { trusted: false })
    } catch (error) {
      // Two connections of one agent may come for the first time at once.
      if (!this.#machines.some((one) => one.name === name)) throw error
    }
    const login = this.refresh(name)
    if (login === undefined) throw new DetectionError('DETECTION_BAD_MACHINE', 'the machine was just deleted')
    return { ...login, isNew }
  }

  /** A fresh token for a machine that has shown one. */
  refresh(name: string): { token: string; expire: string } | undefined {
    const machine = this.#machines.find((one) => one.name === name)
    return machine === undefined ? undefined : makeToken(machine, this.#secret, this.#options.now())
  }

  /** The accepted machine that a token belongs to. */
  find(token: string): Machine | undefined {
    const subject = readToken(token, this.#secret, this.#options.now())
    const machine = this.#machines.find((one) => one.name === subject?.name)
    if (machine === undefined || machine.created !== subject?.created || !machine.validated) return undefined
    return listed(machine)
  }
}

// Compared when there is no such machine, so that an answer's time does not tell which machines there are.
let unknown: Promise<string> | undefined
function unknownMachine(): Promise<string> {
  return (unknown ??= hashPassword(randomBytes(16).toString('hex')))
}

function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
