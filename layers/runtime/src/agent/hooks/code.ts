import { isAbsolute } from 'node:path'
import vm from 'node:vm'
import type { Agent } from '../agent.ts'
import { judgeCarriedCode, judgeCode, judgeStoredCode } from '../judges/judge-code.ts'
import { readStack } from '../profile/call-site.ts'
import type { RefusedError } from '../refusal.ts'
import { isServing } from '../request-context.ts'
import { patch } from './patch.ts'

// As Node has it.
const { compileFunction } = vm

/** Name of the global function that rewritten `eval(x)` calls go through. */
export const evalGateName = '__sevenfoldEvalGate'

type Check = (sink: string, code: unknown) => RefusedError | null

function createCheck(agent: Agent): Check {
  return (sink, code) => {
    if (typeof code !== 'string' || !isServing()) return null
    if (agent.observer !== undefined) agent.observe({ kind: 'code', sink, text: code })
    return agent.check(sink, (context) => {
      const inputs = context.inputs()
      return (
        judgeCode(code, inputs) ?? judgeCarriedCode(code, inputs) ?? judgeStoredCode(code, context.stored())
      )
    })
  }
}

const headOf: Readonly<Record<string, string>> = {
  Function: 'function anonymous',
  AsyncFunction: 'async function anonymous',
  GeneratorFunction: 'function* anonymous',
  AsyncGeneratorFunction: 'async function* anonymous',
}
const imports = /\bimport\s*\(/

/**
 * A made function that imports: Node looks for modules from where its constructor was called, which would be here.
 * Undefined for all others.
 */
function importingFunction(kind: string, args: readonly unknown[]): unknown {
  const body = args.at(-1)
  if (typeof body !== 'string' || !imports.test(body)) return undefined
  const caller = readStack()[0]?.file
  if (caller === undefined || !isAbsolute(caller)) return undefined
  const names = args.slice(0, -1).map(String).join(',')
  const make = compileFunction(`return (${headOf[kind]}(${names}\n) {\n${body}\n})`, [], {
    filename: caller,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as () => unknown
  return make()
}

/**
 * Puts a function in the place of a constructor. It shares the prototype, so that `instanceof`, subclasses and
 * `x.constructor` work as before.
 */
function guardConstructor(
  native: FunctionConstructor,
  check: (args: readonly unknown[]) => void,
): FunctionConstructor {
  const guarded = function (this: unknown, ...args: unknown[]): unknown {
    check(args)
    const target = new.target === undefined || (new.target as unknown) === guarded ? native : new.target
    const importing = target === native ? importingFunction(native.name, args) : undefined
    return importing ?? Reflect.construct(native, args, target)
  } as unknown as FunctionConstructor
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(native))
  Object.setPrototypeOf(guarded, Object.getPrototypeOf(native))
  return guarded
}

function hookFunctions(check: Check): void {
  const kinds = [
    function (): void {},
    async function (): Promise<void> {},
    function* (): Generator<void> {},
    async function* (): AsyncGenerator<void> {},
  ]
  for (const example of kinds) {
    const prototype = Object.getPrototypeOf(example) as { readonly constructor: FunctionConstructor }
    const native = prototype.constructor
    const guarded = guardConstructor(native, (args) => {
      for (const arg of args) {
        const refusal = check(native.name, arg)
        if (refusal !== null) throw refusal // constructors of functions throw for bad code
      }
    })
    const descriptor = Object.getOwnPropertyDescriptor(prototype, 'constructor')
    if (descriptor?.configurable === true)
      Object.defineProperty(prototype, 'constructor', { ...descriptor, value: guarded })
    if (native === Function)
      Object.defineProperty(globalThis, 'Function', {
        value: guarded,
        writable: true,
        configurable: true,
        enumerable: false,
      })
  }
}

function hookVm(agent: Agent, check: Check): void {
  for (const name of ['runInContext', 'runInNewContext', 'runInThisContext', 'compileFunction']) {
    patch(
      vm,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const refusal = check(`vm.${name}`, args[0])
          if (refusal !== null) throw refusal
          return original.apply(this, args)
        },
    )
  }
  const native = vm.Script
  const guarded = function (this: unknown, ...args: unknown[]): unknown {
    const refusal = check('vm.Script', args[0])
    if (refusal !== null) throw refusal
    const target = (new.target as unknown) === guarded || new.target === undefined ? native : new.target
    return Reflect.construct(native, args, target)
  } as unknown as typeof vm.Script
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(native))
  if (!Reflect.set(vm, 'Script', guarded))
    agent.unprotected.add({
      package: 'node (vm.Script)',
      version: process.version,
      why: 'it cannot be replaced',
    })
}

/** The function that `eval(x)` becomes `eval(gate(x))` with: a direct eval keeps its scope, which no wrapper could give. */
function hookEval(check: Check): void {
  Object.defineProperty(globalThis, evalGateName, {
    value: (code: unknown): unknown => {
      const refusal = check('eval', code)
      if (refusal !== null) throw refusal
      return code
    },
  })
}

/** Everything that turns text into code. */
export function hookCode(agent: Agent): void {
  const check = createCheck(agent)
  // First: what sources are rewritten to has to be there whatever else can be hooked.
  hookEval(check)
  hookFunctions(check)
  hookVm(agent, check)
}
