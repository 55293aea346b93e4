import { syncBuiltinESMExports } from 'node:module'
import { Agent } from './agent.ts'
import { serveMessage } from './message-context.ts'
import type { AgentMode, AgentReport } from './agent.ts'
import { hookChildProcess } from './hooks/child-process.ts'
import { hookCode } from './hooks/code.ts'
import { hookFileSystem } from './hooks/file-system.ts'
import { hookFollowing } from './hooks/follow.ts'
import { hookHttpClient } from './hooks/http-client.ts'
import { hookHttpServer } from './hooks/http-server.ts'
import { hookJson } from './hooks/json.ts'
import { hookModules } from './hooks/modules.ts'
import { hookPrototype } from './hooks/prototype.ts'
import { hookRegex } from './hooks/regex.ts'
import { hookRegexConstructor } from './hooks/regex-constructor.ts'
import { hookResponse } from './hooks/response.ts'
import { hookUncaught, seeToAnswer } from './hooks/uncaught.ts'
import { hookWire } from './hooks/wire.ts'
import { hookWorkers } from './hooks/worker.ts'
import { StoredInputs } from './inputs/stored-inputs.ts'
import type { ProfileOptions } from './options.ts'
import { OutgoingGuard } from './outgoing-guard.ts'
import { loadProfile, ProfileSaver } from './profile/profile-file.ts'
import { ProfileKeeper } from './profile/profile-keeper.ts'
import { Profile } from './profile/profile.ts'
import { StatementGuard } from './statement-guard.ts'

/** What an installed agent is given. */
export interface InstallOptions {
  readonly mode: AgentMode
  readonly report: (report: AgentReport) => void
  readonly onFault: (error: unknown, sink: string) => void
  readonly profile?: ProfileOptions
}

function makeKeeper(agent: Agent, options: ProfileOptions | undefined): ProfileKeeper {
  if (options === undefined || options.mode === 'off')
    return new ProfileKeeper(agent, 'off', new Profile(), () => undefined)
  try {
    const profile = loadProfile(options.path)
    const fault = (error: unknown): void => agent.fault(error, 'profile')
    const saver = new ProfileSaver(options.path, () => profile.toText(), fault)
    return new ProfileKeeper(agent, options.mode, profile, () => saver.touch())
  } catch (error) {
    agent.fault(error, 'profile') // a file that is no profile: the judges that need none still judge
    return new ProfileKeeper(agent, 'off', new Profile(), () => undefined)
  }
}

const installed = Symbol.for('sevenfold.agent')

/** The agent of this process or worker thread; undefined before `installAgent`. */
export function installedAgent(): Agent | undefined {
  return (globalThis as unknown as Readonly<Record<symbol, Agent | undefined>>)[installed]
}

/** Hooks this process or worker thread, once: a second copy of this package gets the first one's agent. */
export function installAgent({ mode, report, onFault, profile }: InstallOptions): Agent {
  const present = installedAgent()
  if (present !== undefined) return present
  const agent = new Agent(
    mode,
    (one) => {
      report(one)
      if (one.mode === 'enforce') seeToAnswer(agent, one.context)
    },
    onFault,
  )
  Object.defineProperty(globalThis, installed, { value: agent })
  const stored = new StoredInputs()
  agent.serve = (message, handle) => serveMessage(message, stored, handle)
  const keeper = makeKeeper(agent, profile)
  const guard = new StatementGuard(agent, stored, keeper)
  const outgoing = new OutgoingGuard(agent, keeper)
  const hooks: readonly [string, () => void][] = [
    ['follow', hookFollowing],
    ['modules', () => hookModules({ agent, guard, outgoing, stored })],
    ['http-server', () => hookHttpServer(agent, stored)],
    ['json', () => hookJson(agent)],
    ['response', () => hookResponse(agent, keeper)],
    ['child-process', () => hookChildProcess(agent, keeper)],
    ['file-system', () => hookFileSystem(agent, keeper)],
    ['http-client', () => hookHttpClient(outgoing)],
    ['regex', () => hookRegex(agent)],
    ['regex-constructor', hookRegexConstructor],
    ['code', () => hookCode(agent)],
    ['worker', () => hookWorkers(agent)],
    ['prototype', () => hookPrototype(agent)],
    ['wire', () => hookWire(guard)],
    ['uncaught', () => hookUncaught(agent)],
  ]
  for (const [name, hook] of hooks) {
    try {
      hook()
    } catch (error) {
      // Frozen intrinsics, for example: the other hooks still hold.
      agent.fault(error, `hook ${name}`)
      agent.unprotected.add({
        package: `node (${name})`,
        version: process.version,
        why: String(error).slice(0, 200),
      })
    }
  }
  syncBuiltinESMExports()
  return agent
}
