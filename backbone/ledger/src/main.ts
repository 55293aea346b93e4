import { runLayer } from '@sevenfold/layer'
import { ledgerLayer } from './ledger-layer.ts'

await runLayer(ledgerLayer)
