import type { Account } from '../../account/account.ts'
import type { Agent } from '../../agent.ts'
import { patch } from '../patch.ts'
import type { AnyFunction } from '../patch.ts'

interface Request {
  readonly body?: Readonly<Record<string, unknown>>
  readonly user?: unknown
}

interface Acting {
  readonly name?: string
  success?: AnyFunction
  fail?: AnyFunction
  pass?: AnyFunction
}

const names = ['username', 'user', 'email', 'login']

function nameIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return undefined
  const record = value as Readonly<Record<string, unknown>>
  const found = [...names, 'id', 'sub']
    .map((key) => record[key])
    .find((one) => typeof one === 'string' || typeof one === 'number')
  return found === undefined ? undefined : String(found)
}

/** Tells how a strategy ended, and asks whether the user may come in. */
function follow(account: Account, acting: Acting, request: Request): void {
  const { success, fail, pass } = acting
  const isSession = acting.name === 'session'
  if (success !== undefined)
    acting.success = function (this: unknown, ...args: unknown[]): unknown {
      const user = nameIn(args[0]) ?? nameIn(request.body) ?? ''
      if (!isSession) account.login({ user, isSuccess: true })
      return account.user(user) ? success.apply(this, args) : undefined
    }
  if (fail !== undefined && !isSession)
    acting.fail = function (this: unknown, ...args: unknown[]): unknown {
      const user = nameIn(request.body)
      if (user !== undefined) account.login({ user, isSuccess: false })
      return fail.apply(this, args)
    }
  if (pass !== undefined && isSession)
    acting.pass = function (this: unknown, ...args: unknown[]): unknown {
      const user = nameIn(request.user)
      return user === undefined || account.user(user) ? pass.apply(this, args) : undefined
    }
}

/** Passport: every strategy that is registered, whoever wrote it. */
export function hookPassport(agent: Agent, exported: unknown): void {
  const { Passport, Authenticator } = exported as {
    readonly Passport?: AnyFunction
    readonly Authenticator?: AnyFunction
  }
  for (const holder of [Passport?.prototype, Authenticator?.prototype] as readonly unknown[]) {
    patch(
      holder,
      'use',
      (use) =>
        function (this: unknown, ...args: unknown[]): unknown {
          hookStrategy(
            agent,
            args.find((arg) => typeof arg === 'object' && arg !== null),
          )
          return use.apply(this, args)
        },
    )
  }
  // The session's own strategy was registered when the package was loaded.
  const { _strategies: known } = exported as { readonly _strategies?: Readonly<Record<string, unknown>> }
  for (const strategy of Object.values(known ?? {})) hookStrategy(agent, strategy)
}

function hookStrategy(agent: Agent, strategy: unknown): void {
  patch(
    strategy,
    'authenticate',
    (authenticate) =>
      function (this: unknown, ...args: unknown[]): unknown {
        // Who to tell is known once the agent has started; packages may be loaded before.
        if (agent.account !== undefined) follow(agent.account, this as Acting, args[0] as Request)
        return authenticate.apply(this, args)
      },
  )
}
