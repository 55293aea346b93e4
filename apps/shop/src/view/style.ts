/** The one style sheet of the shop, `/assets/shop.css`. */
export const styleSheet = `:root {
  --ground: #faf8f3; --panel: #fff; --ink: #22302b; --soft: #5d6b64; --line: #dfdccf;
  --accent: #1f6b4f; --on-accent: #fff; --warm: #b4571a; --art: #e9efe6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151b18; --panel: #1d2521; --ink: #e6ece7; --soft: #a3b1a9; --line: #35413b;
    --accent: #6cc7a1; --on-accent: #10201a; --warm: #eaa26b; --art: #26312b;
  }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif }
a { color: var(--accent) }
img { max-width: 100% }
header { background: var(--panel); border-bottom: 1px solid var(--line) }
.bar { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: center; max-width: 68rem; margin: auto; padding: .8rem 1rem .5rem }
.brand { display: flex; gap: .5rem; align-items: center; font: 600 1.2rem Georgia, serif; color: inherit; text-decoration: none }
.find { display: flex; flex: 1 1 14rem; gap: .4rem }
.find input { flex: 1; min-width: 0 }
.mine { display: flex; gap: 1rem }
.mine b { background: var(--warm); color: var(--panel); border-radius: 1rem; padding: 0 .45rem; font-size: .8rem }
nav { display: flex; gap: 1.2rem; max-width: 68rem; margin: auto; padding: .2rem 1rem .6rem; overflow-x: auto }
nav a { color: var(--soft); text-decoration: none; white-space: nowrap }
nav a:hover, nav a:focus { color: var(--accent); text-decoration: underline }
main { max-width: 68rem; margin: 1.5rem auto 3rem; padding: 0 1rem; min-height: 55vh }
h1 { font: 600 1.9rem/1.2 Georgia, serif; margin: .2rem 0 1rem }
h2 { font: 600 1.25rem/1.3 Georgia, serif; margin: 2rem 0 .6rem }
input, textarea, select, button { font: inherit; color: inherit; padding: .45rem .6rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--panel) }
button { background: var(--accent); border-color: var(--accent); color: var(--on-accent); cursor: pointer }
:focus-visible { outline: 3px solid var(--warm); outline-offset: 2px }
label { display: block; margin: .6rem 0 }
label input, label textarea, label select { display: block; width: 100%; max-width: 26rem; margin-top: .2rem }
.hero { background: var(--art); border-radius: .8rem; padding: 2rem 1.5rem; margin-bottom: 1.5rem }
.hero p { max-width: 34rem; margin: .3rem 0 0; color: var(--soft) }
.goods { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem; padding: 0; list-style: none }
.goods li { background: var(--panel); border: 1px solid var(--line); border-radius: .7rem; overflow: hidden; display: flex; flex-direction: column }
.goods img { width: 100%; height: 8.5rem; background: var(--art); object-fit: cover; filter: hue-rotate(var(--turn, 0deg)) }
.goods div { padding: .7rem .9rem 1rem; display: flex; flex-direction: column; gap: .2rem; flex: 1 }
.goods a { font-weight: 600; text-decoration: none }
.goods p { margin: 0; color: var(--soft); font-size: .92rem; flex: 1 }
.price { color: var(--warm); font-weight: 600 }
.product { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 2rem }
.product img { width: 100%; background: var(--art); border-radius: .8rem; filter: hue-rotate(var(--turn, 0deg)) }
.review { border-top: 1px solid var(--line); padding: .8rem 0 }
.review p { margin: .2rem 0 }
.panel h2 { margin-top: .2rem }
.small, .stars + span { color: var(--soft); font-size: .9rem }
.stars { color: var(--warm); letter-spacing: .1em }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: .7rem; padding: 1rem 1.2rem; margin: 1rem 0 }
.notice { border-left: 4px solid var(--warm); padding: .6rem 1rem; background: var(--panel) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .45rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; overflow-x: auto; white-space: pre-wrap }
.card { max-width: 26rem; border: 2px solid var(--warm); border-radius: .8rem; padding: 1.4rem; font: 1.05rem/1.6 Georgia, serif; background: var(--panel) }
footer { border-top: 1px solid var(--line) }
footer > * { max-width: 68rem; margin: 1rem auto; padding: 0 1rem }
footer form { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end }
footer label { margin: 0 }
footer input { min-width: 16rem }
footer p a { margin-right: 1rem }
`
