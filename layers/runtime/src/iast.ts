import { optionsFromEnvironment } from './agent/options.ts'
import { trace } from './iast/trace.ts'

const { SEVENFOLD_IAST_REPORT: reportPath, SEVENFOLD_IAST_LOG: logPath } = process.env

// `node --import @sevenfold/runtime/iast app.js`: follows inputs while tests run, and refuses nothing.
trace({
  sensor: optionsFromEnvironment(process.env),
  threadUrl: new URL('iast/module-thread.js', import.meta.url),
  ...(reportPath === undefined || reportPath === '' ? {} : { reportPath }),
  ...(logPath === undefined || logPath === '' ? {} : { logPath }),
})
