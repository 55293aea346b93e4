import { accessSync, constants, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Proof } from '../matrix/run-proof.ts'
import { htmlReport } from '../report/html/html-report.ts'
import { junitReport } from '../report/junit.ts'
import { navigatorLayer } from '../report/navigator.ts'
import type { ReportExtras } from '../report/report-extras.ts'
import { sarifReport } from '../report/sarif.ts'
import { UsageError } from './usage-error.ts'
import type { FileReport } from './options.ts'

const makers: Readonly<Record<FileReport, (proof: Proof, extras: ReportExtras) => string>> = {
  html: htmlReport,
  junit: junitReport,
  sarif: sarifReport,
  navigator: navigatorLayer,
}

/** Looks before the proof, which takes minutes, whether the files can be written after it. Throws `UsageError`. */
export function checkWritable(files: ReadonlyMap<FileReport, string>): void {
  for (const [kind, path] of files) {
    try {
      accessSync(dirname(resolve(path)), constants.W_OK)
    } catch (error) {
      throw new UsageError(`--${kind} ${path}: its folder is not there or cannot be written`, {
        cause: error,
      })
    }
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new UsageError(`--${kind} ${path}: is a folder`)
  }
}

/** Writes each report that was asked for. */
export function writeReports(
  files: ReadonlyMap<FileReport, string>,
  proof: Proof,
  extras: ReportExtras,
): void {
  for (const [kind, path] of files) writeFileSync(path, makers[kind](proof, extras))
}
