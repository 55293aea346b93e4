import type { CanaryResult } from '@sevenfold/event'
import { judgePath } from '../judges/judge-path.ts'
import { judgeShell } from '../judges/judge-command.ts'
import { judgeSql } from '../judges/judge-sql.ts'
import { sqlDialects } from '../lexers/sql-spans.ts'

const attack = "x' or 1=1--"
const innocent = "O'Brien"

/** Judges an attack that must be refused and a value that must pass, as a proof that the agent still judges. */
export function runCanary(now: () => number): CanaryResult {
  const statement = (value: string): string => `select id from users where name='${value}'`
  const quoted = statement(innocent.replaceAll("'", "''"))
  const ok =
    judgeSql(statement(attack), sqlDialects.postgres, [attack]) !== null &&
    judgeSql(quoted, sqlDialects.postgres, [innocent]) === null &&
    judgeShell('echo a;id', ['a;id']) !== null &&
    judgePath('/srv/../etc/passwd', new Set(['../etc/passwd']), new Set()) !== null
  return { ok, time: new Date(now()).toISOString(), attack: 'sql-injection' }
}
