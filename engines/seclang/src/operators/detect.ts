import { detectNoSQL as findNosql } from '../detectors/detect-nosql.ts'
import { detectShell as findShell } from '../detectors/detect-shell.ts'
import { detectTemplate as findTemplate } from '../detectors/detect-template.ts'
import { detectTraversal as findTraversal } from '../detectors/detect-traversal.ts'
import { detectSQLi as findSqli, SqliSearch } from '../detectors/detect-sqli.ts'
import { detectXSS as findXss, XssSearch } from '../detectors/detect-xss.ts'
import type { Operator, OperatorMatcher, OperatorSearch } from './operator.ts'

/** A detector as an operator: capture 0 is the value, as ModSecurity logs it. */
function detector(name: string, find: (input: string) => object | null, open?: Open): Operator {
  const matcher: OperatorMatcher = {
    match(input, captures) {
      if (find(input) === null) return false
      if (captures !== null) captures[0] = input
      return true
    },
    ...(open === undefined ? {} : { open }),
  }
  return { name, compile: () => matcher }
}

type Open = (input: string) => OperatorSearch

function searchOf(search: SqliSearch | XssSearch): OperatorSearch {
  return {
    get work() {
      return search.work
    },
    get matched() {
      return search.finding !== null
    },
    goOn: (work) => search.goOn(work),
  }
}

/** `@detectSQLi`: the value would change an SQL query that includes it (see `detectors/`). */
export const detectSQLi: Operator = detector('detectSQLi', findSqli, (input) =>
  searchOf(new SqliSearch(input)),
)

/** `@detectXSS`: the value would run a script in a page that includes it. */
export const detectXSS: Operator = detector('detectXSS', findXss, (input) => searchOf(new XssSearch(input)))

/** `@detectShell`: the value would run a command in a shell that it reaches. Not in ModSecurity. */
export const detectShell: Operator = detector('detectShell', findShell)

/** `@detectTraversal`: the value leads a file name out of its folder. Not in ModSecurity. */
export const detectTraversal: Operator = detector('detectTraversal', findTraversal)

/** `@detectTemplate`: the value would run in a server-side template engine. Not in ModSecurity. */
export const detectTemplate: Operator = detector('detectTemplate', findTemplate)

/** `@detectNoSQL`: the value changes a query of a document database. Not in ModSecurity. */
export const detectNoSQL: Operator = detector('detectNoSQL', findNosql)
