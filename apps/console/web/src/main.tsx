import { render } from 'preact'
import { App } from './app.tsx'
import { start } from './state/session.ts'
import 'uplot/dist/uPlot.min.css'
import './style.css'

const root = document.getElementById('app')
if (root !== null) render(<App />, root)
void start()
