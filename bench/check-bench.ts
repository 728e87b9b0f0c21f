/** Duration of `lbex check` as a process, compared with bare Node.js: one file, many Services of lbex, many unrelated files. */
import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {figures, round, type Figures} from './measure.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const program = join(root, 'bin/run.js')

export type CheckResult = {
  readonly what: string
  /** Milliseconds. */
  readonly check: Figures
  /** `node -e 0`, alternating with the runs of `lbex check`. */
  readonly node: Figures
  /** Ratio of the minima, which other load on the machine affects least. */
  readonly ratio: number
  readonly limit: string
  /** Peak resident set size, megabytes. */
  readonly memory: number
}

export async function benchCheck(): Promise<CheckResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  try {
    const [ours, others] = [join(folder, 'ours'), join(folder, 'others')]
    await writeOurs(ours)
    await writeOthers(others)
    return [
      measureCheck('one small file', join(root, 'examples/my-nginx.yaml'), 15, '<= 4 x node'),
      measureCheck('10,000 Services of lbex in 100 files', ours, 3, '<= 2000 ms'),
      measureCheck('50,000 unrelated objects in 35,000 files', others, 2, '<= 10,000 ms'),
    ]
  } finally {
    await rm(folder, {recursive: true})
  }
}

function measureCheck(what: string, path: string, times: number, limit: string): CheckResult {
  const [node, check]: [number[], number[]] = [[], []]
  let memory = 0
  for (let run = 0; run < times; run += 1) {
    node.push(timeOf(['-e', '0']).took)
    const {took, peak} = timeOf([program, 'check', '--config=none', path])
    check.push(took)
    memory = Math.max(memory, peak)
  }
  const [bare, ours] = [figures(node), figures(check)]
  return {what, check: ours, node: bare, ratio: round(ours.min / bare.min), limit, memory}
}

/** Prints the peak resident set size to stderr on exit. */
const PRINT_MEMORY = `data:text/javascript,process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)))`

function timeOf(parameters: readonly string[]): {took: number; peak: number} {
  const start = performance.now()
  execFileSync(process.execPath, parameters, {stdio: 'ignore'})
  const took = performance.now() - start
  return {took, peak: parameters[0] === program ? peakOf(parameters) : 0}
}

/** In a separate run, because the measurement takes time itself. */
function peakOf(parameters: readonly string[]): number {
  const command = [process.execPath, `--import=${PRINT_MEMORY}`, ...parameters]
  const script = `"$@" 2>&1 >/dev/null`
  const output = execFileSync('sh', ['-c', script, 'sh', ...command], {encoding: 'utf8'})
  return round(Number(/\d+$/.exec(output)?.[0]) / 1024)
}

async function writeOurs(folder: string): Promise<void> {
  await mkdir(folder)
  for (let file = 0; file < 100; file += 1) {
    const documents = Array.from({length: 100}, (_, index) => service(file * 100 + index, true))
    await writeFile(join(folder, `${file}.yaml`), documents.join('---\n'))
  }
}

/** 15,000 files with two objects, 20,000 files with one; every third object is a Service. */
async function writeOthers(folder: string): Promise<void> {
  let made = 0
  for (let file = 0; file < 35_000; file += 1) {
    const below = join(folder, String(Math.floor(file / 500)))
    if (file % 500 === 0) await mkdir(below, {recursive: true})
    const documents = Array.from({length: file < 15_000 ? 2 : 1}, () => {
      made += 1
      return made % 3 === 0 ? service(made, false) : deployment(made)
    })
    await writeFile(join(below, `${file}.yaml`), documents.join('---\n'))
  }
}

function service(index: number, ours: boolean): string {
  const annotations = `  annotations:
    kubernetes.io/loadbalancer-class: loadbalancer-lbex
    loadbalancer-port.lbex/http: "${20_000 + index}"
    loadbalancer.lbex/upstream-type: pod
`
  return `apiVersion: v1
kind: Service
metadata:
  name: service-${index}
  namespace: team-${index % 20}
  labels:
    app.kubernetes.io/name: service-${index}
${ours ? annotations : ''}spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: service-${index}
  ports:
    - name: http
      port: 80
      targetPort: 8080
`
}

function deployment(index: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
  namespace: team-${index % 20}
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: app-${index}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app-${index}
    spec:
      containers:
        - name: main
          image: registry.example.com/app:${index}
          ports:
            - containerPort: 8080
`
}
