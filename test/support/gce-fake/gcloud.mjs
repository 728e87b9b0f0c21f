#!/usr/bin/env node
// Stands for gcloud where that is not installed, and where its second for each command is too slow: the commands that lbex
// uses, with the requests, the words and the exit codes that the real one was seen to have. test/integration/gce/scenarios/life.ts holds
// the two against each other.
import {randomUUID} from 'node:crypto'
import {existsSync, realpathSync} from 'node:fs'
import {request} from 'node:http'
import {fileURLToPath} from 'node:url'

/** @typedef {{exitCode: number, stdout: string, stderr: string}} Result */
/** @typedef {Record<string, string>} Environment */
/** @typedef {import('./http.js').Fetch} Fetch */

/**
 * @param {readonly string[]} args
 * @param {Environment} env
 * @param {AbortSignal} [signal]
 * @param {Fetch} [fetch]
 * @returns {Promise<Result>}
 */
export async function fakeGcloud(args, env, signal, fetch = fetchOverHttp) {
  const words = args.filter((arg) => !arg.startsWith('--'))
  const flags = Object.fromEntries(args.filter((arg) => arg.startsWith('--')).map(flagOf))
  const handler = Object.entries(COMMANDS).find(
    ([form]) => words.join(' ').startsWith(`${form} `) || words.join(' ') === form,
  )
  if (!handler) return failed(`ERROR: (gcloud) Invalid choice: '${words.join(' ')}'.`, 2)
  const [form, run] = handler
  const command = `gcloud.${form.replaceAll(' ', '.')}`
  if (!existsSync(env['CLOUDSDK_AUTH_ACCESS_TOKEN_FILE'] ?? '')) {
    return failed(
      `ERROR: (${command}) You do not currently have an active account selected.\nPlease run:\n\n  $ gcloud auth login\n`,
    )
  }
  const call = new Call(command, env, flags, fetch, signal)
  try {
    return {
      exitCode: 0,
      stdout: `${JSON.stringify((await run(call, words.slice(form.split(' ').length))) ?? null)}\n`,
      stderr: '',
    }
  } catch (error) {
    return error instanceof Refused ? refused(command, error) : crashed(error)
  }
}

/** @param {string} arg @returns {[string, string]} */
function flagOf(arg) {
  const [, name = '', value = 'true'] = /^--([^=]+)(?:=([^]*))?$/.exec(arg) ?? []
  return [name, value]
}

class Refused extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

/** @param {string} stderr @returns {Result} */
function failed(stderr, exitCode = 1) {
  return {exitCode, stdout: '', stderr: `${stderr}\n`}
}

/** @param {string} command @param {Refused} error @returns {Result} */
function refused(command, {status, message}) {
  if (command.endsWith('.list'))
    return {exitCode: 0, stdout: '[]\n', stderr: `WARNING: Some requests did not succeed.\n - ${message}\n\n`}
  if (command.startsWith('gcloud.container'))
    return failed(`ERROR: (${command}) ResponseError: code=${status}, message=${message}`)
  const direct = /^gcloud\.(iam|projects|compute\.routers)|managed\.(describe|list-errors)$/
  if (direct.test(command)) return failed(`ERROR: (${command}) HTTPError ${status}: ${message}`)
  return failed(`ERROR: (${command}) Could not fetch resource:\n - ${message}\n`)
}

/** @param {unknown} error @returns {Result} */
function crashed(error) {
  return failed(
    `ERROR: gcloud crashed (ConnectionError): ('Connection aborted.', ${String(error)})\n\nIf you would like to report this issue, please run the following command:\n  gcloud feedback`,
  )
}

/**
 * The global fetch takes three times the CPU of all the rest of this program.
 *
 * @type {Fetch}
 */
function fetchOverHttp(url, {method, headers, body = '', signal}) {
  return new Promise((resolve, reject) => {
    const length = {'content-length': Buffer.byteLength(body)}
    const sent = request(url, {method, headers: {...headers, ...length}, agent: false, signal}, (answer) => {
      /** @type {Buffer[]} */
      const parts = []
      const {statusCode = 0} = answer
      answer.on('error', reject).on('data', (part) => parts.push(part))
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString()
        const ok = statusCode < 300
        resolve({ok, status: statusCode, json: async () => /** @type {unknown} */ (JSON.parse(text))})
      })
    })
    sent.on('error', reject).end(body)
  })
}

class Call {
  /** @param {string} command @param {Environment} env @param {Record<string, string>} flags @param {Fetch} fetch @param {AbortSignal} [signal] */
  constructor(command, env, flags, fetch, signal) {
    this.flags = flags
    this.env = env
    this.fetch = fetch
    this.signal = signal
    this.agent = `fake-gcloud command/${command} invocation-id/${randomUUID()}`
  }

  get base() {
    return /** @type {string} */ (this.env['CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE'])
  }

  get project() {
    return `projects/${this.flags['project']}`
  }

  get scope() {
    return `${this.project}/regions/${this.flags['region']}`
  }

  /** @param {string} path */
  link(path) {
    return `${this.base}${path}`
  }

  /** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
  async send(method, path, body) {
    const url = path.startsWith('v1/')
      ? `${this.env['CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER']}${path}`
      : this.link(path)
    const answer = await this.fetch.call(undefined, url, {
      method,
      headers: {'user-agent': this.agent},
      ...(body !== undefined && {body: JSON.stringify(body)}),
      ...(this.signal && {signal: this.signal}),
    })
    const value = await answer.json()
    if (!answer.ok) throw new Refused(answer.status, value.error.message)
    return value
  }

  /** As gcloud does: the change, its operation until that is done, and what has become. @param {string} method @param {string} path @param {unknown} [body] @param {string} [result] */
  async change(method, path, body, result) {
    const operation = await this.send(method, path, body)
    const scope = operation.region ? `regions/${operation.region.split('/').at(-1)}` : 'global'
    await this.send('POST', `${this.project}/${scope}/operations/${operation.name}/wait`)
    return result === undefined ? undefined : this.send('GET', result)
  }

  /** @param {string} kind @param {Record<string, unknown>} body */
  create(kind, body, scope = this.scope) {
    return this.change('POST', `${scope}/${kind}`, body, `${scope}/${kind}/${String(body['name'])}`)
  }

  /** @param {string} kind @returns {Promise<any[]>} */
  async aggregated(kind) {
    const {items} = await this.send('GET', `${this.project}/aggregated/${kind}`)
    return Object.values(items).flatMap((scope) => scope[kind] ?? [])
  }

  /** @param {string} group @returns {Promise<any>} */
  async autoscalerOf(group) {
    const {items} = await this.send('GET', `${this.scope}/autoscalers`)
    return items.find((/** @type {any} */ scaler) =>
      scaler.target.endsWith(`/instanceGroupManagers/${group}`),
    )
  }
}

const MANAGED = 'compute instance-groups managed'

/** @type {Record<string, (call: Call, names: string[]) => Promise<unknown>>} */
const COMMANDS = {
  'compute networks subnets list': async (call) => {
    const network = `/networks/${call.flags['network']}`
    return (await call.aggregated('subnetworks')).filter((subnet) => subnet.network.endsWith(network))
  },
  ...described('compute networks subnets', 'subnetworks', (call) => call.scope),
  'compute networks subnets create': (call, [name = '']) =>
    call.create('subnetworks', {
      description: call.flags['description'],
      ipCidrRange: call.flags['range'],
      name,
      network: call.link(`${call.project}/global/networks/${call.flags['network']}`),
      privateIpGoogleAccess: 'enable-private-ip-google-access' in call.flags,
    }),
  'compute networks subnets update': (call, [name = '']) => {
    const path = `${call.scope}/subnetworks/${name}`
    return call.change('POST', `${path}/setPrivateIpGoogleAccess`, {privateIpGoogleAccess: true}, path)
  },
  ...described('compute networks', 'networks', (call) => `${call.project}/global`),
  ...described('compute firewall-rules', 'firewalls', (call) => `${call.project}/global`),
  'compute firewall-rules create': (call, [name = '']) =>
    call.create(
      'firewalls',
      {
        ...ruleOf(call.flags),
        description: call.flags['description'],
        direction: call.flags['direction'],
        name,
        network: call.link(`${call.project}/global/networks/${call.flags['network']}`),
      },
      `${call.project}/global`,
    ),
  'compute firewall-rules update': async (call, [name = '']) => {
    const path = `${call.project}/global/firewalls/${name}`
    const before = await call.send('GET', path)
    delete before.selfLink
    return call.change('PATCH', path, {...before, ...ruleOf(call.flags), disabled: false}, path)
  },
  ...described('compute health-checks', 'healthChecks', (call) => `${call.project}/global`),
  'compute health-checks create http': (call, [name = '']) =>
    call.create(
      'healthChecks',
      {...checkOf(call.flags), description: call.flags['description'], name, type: 'HTTP'},
      `${call.project}/global`,
    ),
  'compute health-checks update http': async (call, [name = '']) => {
    const path = `${call.project}/global/healthChecks/${name}`
    const {description} = await call.send('GET', path)
    return call.change('PUT', path, {...checkOf(call.flags), description, name, type: 'HTTP'}, path)
  },
  'compute routers nats create': (call, [name = '']) =>
    changeNat(call, {name, natIpAllocateOption: 'AUTO_ONLY'}),
  'compute routers nats update': (call, [name = '']) => changeNat(call, {name}),
  ...described('compute routers', 'routers', (call) => call.scope),
  'compute routers create': (call, [name = '']) =>
    call.create('routers', {
      description: call.flags['description'],
      name,
      network: call.link(`${call.project}/global/networks/${call.flags['network']}`),
    }),
  'compute instance-templates list': async (call) => {
    const pattern = new RegExp(String(call.flags['filter']).replace('name ~ ', ''))
    return (await call.aggregated('instanceTemplates')).filter(({name}) => pattern.test(name))
  },
  ...described('compute instance-templates', 'instanceTemplates', (call) => `${call.project}/global`),
  'compute instance-templates create': async (call, [name = '']) => {
    const image = `projects/${call.flags['image-project']}/global/images/family/${call.flags['image-family']}`
    await call.send('GET', image)
    return call.create(
      'instanceTemplates',
      {description: call.flags['description'], name, properties: propertiesOf(call, image)},
      `${call.project}/global`,
    )
  },
  [`${MANAGED} describe`]: async (call, [name = '']) => {
    const group = await call.send('GET', `${call.scope}/instanceGroupManagers/${name}`)
    const autoscaler = await call.autoscalerOf(name)
    return {...group, ...(autoscaler && {autoscaler})}
  },
  [`${MANAGED} create`]: (call, [name = '']) =>
    call.create('instanceGroupManagers', {
      autoHealingPolicies: [healingOf(call)],
      baseInstanceName: call.flags['base-instance-name'],
      description: call.flags['description'],
      instanceTemplate: call.link(`${call.project}/global/instanceTemplates/${call.flags['template']}`),
      name,
      region: call.link(call.scope),
      targetSize: Number(call.flags['size']),
    }),
  [`${MANAGED} update-autoscaling`]: async (call, [name = '']) => {
    await call.send('GET', `${call.scope}/instanceGroupManagers/${name}`)
    const {name: scaler} = await call.autoscalerOf(name)
    const {minNumReplicas, maxNumReplicas} = policyOf(call.flags)
    const path = `${call.scope}/autoscalers`
    const body = {autoscalingPolicy: {minNumReplicas, maxNumReplicas}, name: scaler}
    return call.change('PATCH', `${path}?autoscaler=${scaler}`, body, `${path}/${scaler}`)
  },
  [`${MANAGED} update`]: (call, [name = '']) => {
    const path = `${call.scope}/instanceGroupManagers/${name}`
    return call.change('PATCH', path, {autoHealingPolicies: [healingOf(call)]}, path)
  },
  [`${MANAGED} set-autoscaling`]: async (call, [name = '']) => {
    const {selfLink} = await call.send('GET', `${call.scope}/instanceGroupManagers/${name}`)
    const before = await call.autoscalerOf(name)
    const scaler = before?.name ?? `${name}-${randomUUID().slice(0, 4)}`
    const path = `${call.scope}/autoscalers`
    const body = {autoscalingPolicy: policyOf(call.flags), name: scaler, target: selfLink}
    if (!before) return call.create('autoscalers', body)
    return call.change('PUT', `${path}?autoscaler=${scaler}`, body, `${path}/${scaler}`)
  },
  [`${MANAGED} rolling-action start-update`]: async (call, [name = '']) => {
    const path = `${call.scope}/instanceGroupManagers/${name}`
    await call.send('GET', path)
    const instanceTemplate = call.link(
      `${call.project}/global/instanceTemplates/${String(call.flags['version']).slice('template='.length)}`,
    )
    const updatePolicy = {
      maxSurge: {fixed: Number(call.flags['max-surge'])},
      maxUnavailable: {fixed: 0},
      type: 'PROACTIVE',
    }
    return call.change('PATCH', path, {updatePolicy, versions: [{instanceTemplate}]}, path)
  },
  [`${MANAGED} list-instances`]: async (call, [name = '']) =>
    (await call.send('POST', `${call.scope}/instanceGroupManagers/${name}/listManagedInstances`))
      .managedInstances,
  [`${MANAGED} list-errors`]: async (call, [name = '']) =>
    (await call.send('GET', `${call.scope}/instanceGroupManagers/${name}/listErrors`)).items,
  [`${MANAGED} wait-until`]: (call, [name = '']) =>
    call.send('GET', `${call.scope}/instanceGroupManagers/${name}`),
  [`${MANAGED} delete`]: async (call, [name = '']) => {
    const autoscaler = await call.autoscalerOf(name)
    if (autoscaler) await call.change('DELETE', `${call.scope}/autoscalers/${autoscaler.name}`)
    return call.change('DELETE', `${call.scope}/instanceGroupManagers/${name}`)
  },
  'container clusters describe': (call, [name = '']) =>
    call.send('GET', `v1/${call.project}/locations/${call.flags['location']}/clusters/${name}`),
  'iam service-accounts describe': (call, [address = '']) =>
    call.send('GET', `v1/projects/-/serviceAccounts/${address}`),
  'iam service-accounts create': (call, [accountId = '']) =>
    call.send('POST', `v1/${call.project}/serviceAccounts`, {
      accountId,
      serviceAccount: {description: call.flags['description'], displayName: call.flags['display-name']},
    }),
  'iam service-accounts delete': (call, [address = '']) =>
    call.send('DELETE', `v1/projects/-/serviceAccounts/${address}`),
  'projects get-iam-policy': (call, [project = '']) =>
    call.send('POST', `v1/projects/${project}:getIamPolicy`),
  'projects add-iam-policy-binding': (call, [project = '']) =>
    changePolicy(call, project, (members, member) => [...members.filter((it) => it !== member), member]),
  'projects remove-iam-policy-binding': (call, [project = '']) =>
    changePolicy(call, project, (members, member) => members.filter((it) => it !== member)),
}

/** @param {string} form @param {string} kind @param {(call: Call) => string} scope @returns {typeof COMMANDS} */
function described(form, kind, scope) {
  return {
    [`${form} describe`]: (call, [name = '']) => call.send('GET', `${scope(call)}/${kind}/${name}`),
    [`${form} delete`]: (call, [name = '']) => call.change('DELETE', `${scope(call)}/${kind}/${name}`),
  }
}

/** @param {Record<string, string>} flags */
function ruleOf(flags) {
  return {
    allowed: (flags['allow'] ?? '').split(',').map((allow) => {
      const [IPProtocol, port] = allow.split(':')
      return {IPProtocol, ...(port !== undefined && {ports: [port]})}
    }),
    sourceRanges: (flags['source-ranges'] ?? '').split(','),
    ...(flags['target-tags'] && {targetTags: flags['target-tags'].split(',')}),
  }
}

/** @param {Record<string, string>} flags */
function checkOf(flags) {
  const seconds = (/** @type {string} */ name) => Number.parseInt(flags[name] ?? '', 10)
  return {
    checkIntervalSec: seconds('check-interval'),
    healthyThreshold: seconds('healthy-threshold'),
    httpHealthCheck: {
      port: seconds('port'),
      portSpecification: 'USE_FIXED_PORT',
      proxyHeader: 'NONE',
      requestPath: flags['request-path'],
    },
    timeoutSec: seconds('timeout'),
    unhealthyThreshold: seconds('unhealthy-threshold'),
  }
}

/** @param {Record<string, string>} flags */
function policyOf(flags) {
  return {
    coolDownPeriodSec: Number(flags['cool-down-period']),
    cpuUtilization: {utilizationTarget: Number(flags['target-cpu-utilization'])},
    maxNumReplicas: Number(flags['max-num-replicas']),
    minNumReplicas: Number(flags['min-num-replicas']),
  }
}

/** @param {Call} call */
function healingOf(call) {
  return {
    healthCheck: call.link(`${call.project}/global/healthChecks/${call.flags['health-check']}`),
    initialDelaySec: Number(call.flags['initial-delay']),
  }
}

/** @param {Call} call @param {string} image */
function propertiesOf(call, image) {
  const {flags} = call
  const [, separator = ''] = /^\^(.*?)\^/.exec(flags['metadata'] ?? '') ?? []
  const [key = '', ...value] = (flags['metadata'] ?? '').slice(separator.length + 2).split('=')
  const external = {accessConfigs: [{name: 'external-nat', type: 'ONE_TO_ONE_NAT'}]}
  return {
    canIpForward: 'can-ip-forward' in flags,
    disks: [
      {
        autoDelete: true,
        boot: true,
        initializeParams: {sourceImage: call.link(image)},
        mode: 'READ_WRITE',
        type: 'PERSISTENT',
      },
    ],
    labels: Object.fromEntries([(flags['labels'] ?? '').split('=')]),
    machineType: flags['machine-type'],
    metadata: {items: [{key, value: value.join('=')}]},
    networkInterfaces: [
      {
        ...(!('no-address' in flags) && external),
        subnetwork: call.link(`${call.scope}/subnetworks/${flags['subnet']}`),
      },
    ],
    scheduling: {automaticRestart: true},
    serviceAccounts: [
      {email: flags['service-account'], scopes: ['https://www.googleapis.com/auth/cloud-platform']},
    ],
    shieldedInstanceConfig: {enableSecureBoot: true},
    tags: {items: (flags['tags'] ?? '').split(',')},
  }
}

/** @param {Call} call @param {Record<string, unknown>} fields */
async function changeNat(call, fields) {
  const path = `${call.scope}/routers/${call.flags['router']}`
  const router = await call.send('GET', path)
  const subnetwork = call.link(`${call.scope}/subnetworks/${call.flags['nat-custom-subnet-ip-ranges']}`)
  const nat = {
    ...router.nats?.[0],
    ...fields,
    sourceSubnetworkIpRangesToNat: 'LIST_OF_SUBNETWORKS',
    subnetworks: [{name: subnetwork, sourceIpRangesToNat: ['PRIMARY_IP_RANGE']}],
  }
  return call.change('PATCH', path, {...router, nats: [nat]}, path)
}

/** @param {Call} call @param {string} project @param {(members: string[], member: string) => string[]} change */
async function changePolicy(call, project, change) {
  const policy = await call.send('POST', `v1/projects/${project}:getIamPolicy`, {
    options: {requestedPolicyVersion: 3},
  })
  const {role = '', member = ''} = call.flags
  const others = policy.bindings.filter((/** @type {any} */ binding) => binding.role !== role)
  const members = policy.bindings.find((/** @type {any} */ binding) => binding.role === role)?.members ?? []
  const changed = change(members, member)
  const bindings = [...others, ...(changed.length > 0 ? [{members: changed, role}] : [])]
  return call.send('POST', `v1/projects/${project}:setIamPolicy`, {
    policy: {bindings, etag: policy.etag, version: 3},
  })
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const {exitCode, stdout, stderr} = await fakeGcloud(
    process.argv.slice(2),
    /** @type {Environment} */ (process.env),
  )
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = exitCode
}
