import { runRegressionCase } from './regression-case.ts'
import { sharedCrs, filesBelow } from './shared-data.ts'
import { readFileSync } from 'node:fs'
import { noRuleFiles } from '../src/index.ts'
const n={pass:0,skip:0,fail:0} as any; const skips={} as any
for(const f of filesBelow(sharedCrs+'/modsec-regression')){
  for(const c of JSON.parse(readFileSync(f,'utf8'))){
    let r; try{ r=runRegressionCase(c,noRuleFiles) }catch(e:any){ r={kind:'fail',why:String(e.stack).slice(0,300)} }
    n[r.kind]++
    if(r.kind==='fail')console.log(f.split('/').at(-1),'|',c.title,'|',r.why.slice(0,250), process.argv[2]?JSON.stringify(c.rules).slice(0,600):'')
    if(r.kind==='skip'){const k=r.why.slice(0,60);skips[k]=(skips[k]??0)+1}
  }
}
console.log(n); if(process.argv[2]==='skips')console.log(skips)
