/**
 * The style sheet of the report. Text has a contrast of at least 4.5 to 1 on its ground in both themes, and colour is
 * never the only sign: every cell has a word or a mark.
 */
export const htmlStyles = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f5; --raised: #ffffff; --ink: #1a2223; --quiet: #55625f; --line: #d8dedb; --none: #e9ecea;
  --good: #cdeedd; --good-ink: #0a4631; --fair: #fbe5a6; --fair-ink: #553e00; --bad: #f8d0cc; --bad-ink: #78150f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181a; --raised: #1c2225; --ink: #e5ebea; --quiet: #a3b4b0; --line: #333e40; --none: #232a2d;
    --good: #12473a; --good-ink: #b9f2db; --fair: #4d3d0a; --fair-ink: #ffe29c; --bad: #5b1f1b; --bad-ink: #ffcdc8;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 44rem; }
.quiet { color: var(--quiet); font-size: .875rem; }
.verdict { font-size: 1.1rem; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; padding: 0; }
.figures div { display: flex; flex-direction: column; justify-content: space-between; background: var(--raised); border: 1px solid var(--line); border-radius: 8px; padding: .75rem; }
.figures dt { font-size: .875rem; color: var(--quiet); }
.figures dd { margin: 0; font-size: 1.75rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figures dd small { font-size: .875rem; font-weight: 400; color: var(--quiet); }
.group { background: var(--raised); border: 1px solid var(--line); border-left: .4rem solid var(--edge); border-radius: 8px; padding: .25rem 1rem .75rem; margin: .75rem 0; }
.group.none { --edge: #d2453b; } .group.one { --edge: #e0a31a; } .group.fine { --edge: #2d9d78; }
ul { margin: .25rem 0; padding-left: 1.1rem; } li { margin: 0 0 .3rem; }
.columns { columns: 2 22rem; column-gap: 2rem; }
.columns li { break-inside: avoid; }
table { border-collapse: separate; border-spacing: 2px; width: 100%; }
caption { text-align: left; color: var(--quiet); font-size: .875rem; padding-bottom: .25rem; }
th { text-align: left; font-weight: 600; font-size: .875rem; }
td, th { padding: .2rem .4rem; vertical-align: top; }
.map { table-layout: fixed; }
.map col.name { width: auto; } .map col.cell { width: 5.6rem; } .map col.depth { width: 4.2rem; }
.map thead th { color: var(--quiet); vertical-align: bottom; overflow-wrap: anywhere; }
.map tbody th[scope=rowgroup] { padding-top: .9rem; }
.map tbody th[scope=row] { font-weight: 400; }
.map .title { display: block; color: var(--quiet); font-size: .8125rem; line-height: 1.3; }
.map td, .map th.num { text-align: center; font-size: .8125rem; font-variant-numeric: tabular-nums; }
.map td { border-radius: 4px; vertical-align: middle; }
.stopped, .more { background: var(--good); color: var(--good-ink); }
.detected, .single { background: var(--fair); color: var(--fair-ink); }
.missed, .zero { background: var(--bad); color: var(--bad-ink); }
/* That one layer alone misses an attack is no alarm; that all of them do is. */
.alone.missed { background: var(--none); color: var(--quiet); }
.key span { display: inline-block; border-radius: 4px; padding: 0 .5rem; margin: 0 .25rem .25rem 0; }
.bar { display: flex; height: 1.5rem; border-radius: 4px; overflow: hidden; font-size: .8125rem; line-height: 1.5rem; }
.bar span { overflow: hidden; white-space: nowrap; padding: 0 .3rem; min-width: 1.2rem; }
.loss { display: grid; grid-template-columns: 9rem 1fr; gap: .4rem .75rem; align-items: center; margin: .5rem 0; }
.bar b { font-weight: inherit; }
.short { display: none; }
.wide { overflow-x: auto; }
.cost th[scope=row] { font-weight: 400; min-width: 9rem; } .cost td { font-size: .8125rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
.cost thead th { color: var(--quiet); vertical-align: bottom; }
.plot { position: relative; height: .7rem; min-width: 8rem; margin: .2rem 0; background: var(--none); border-radius: 3px; }
.plot i { position: absolute; inset: 0 auto 0 0; background: var(--good-ink); opacity: .55; border-radius: 3px; }
.plot u { position: absolute; top: 50%; border-top: 2px solid var(--ink); }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .75rem; }
@media (max-width: 40rem) {
  main { padding: 1rem .75rem 2rem; }
  h1 { font-size: 1.35rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figures dd { font-size: 1.5rem; }
  .figures div:last-child:nth-child(odd) { grid-column: 1 / -1; }
  .map .title { display: none; }
  .group { padding: .25rem .75rem .5rem; }
  .map col.cell { width: 2.35rem; } .map col.depth { width: 2.35rem; }
  .map thead th.tall { height: 5.2rem; padding: 0; }
  .map thead th.tall span { writing-mode: vertical-rl; transform: rotate(180deg); display: inline-block; white-space: nowrap; }
  .map td { padding: .2rem 0; }
  .long { display: none; } .short { display: inline; }
  .cost th[scope=row] { min-width: 5.5rem; }
  .loss { grid-template-columns: 1fr; gap: .1rem; } .loss .bar { margin-bottom: .5rem; }
}
@media print {
  :root {
    --ground: #fff; --raised: #fff; --ink: #000; --quiet: #444; --line: #bbb; --none: #eee;
    --good: #cdeedd; --good-ink: #0a4631; --fair: #fbe5a6; --fair-ink: #553e00; --bad: #f8d0cc; --bad-ink: #78150f;
  }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  @page { margin: 14mm; }
  html { font-size: 11px; }
  .group { padding: 0 .75rem .25rem; margin: .5rem 0; } .group h3 { margin-top: .5rem; } .group p { margin-bottom: .4rem; }
  main { max-width: none; padding: 0; } p, .quiet { max-width: none; }
  h2 { margin-top: 1.25rem; }
  .figures { grid-template-columns: repeat(5, 1fr); }
  .columns { columns: 2; }
  .map .title { display: inline; margin-left: .4rem; }
  .long { display: inline; } .short { display: none; }
  .page { break-before: page; } .map tr, .group li, .figures div { break-inside: avoid; }
  h2 { break-after: avoid; } thead { display: table-header-group; }
}
`
