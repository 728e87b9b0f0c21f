// What NGINX runs (njs) so that lbex can change the servers of an upstream without a reload. Plain ES5: the engine of njs 0.8
// has no newer loops. https://nginx.org/en/docs/stream/ngx_stream_js_module.html
//
// The dictionary `lbex` has an entry for each upstream whose servers differ from those in the configuration:
//
//   KEY REVISION WIDTH:SLOTS
//
// KEY is the random word that NGINX loaded with its configuration (live/key.conf). Each reload loads a new one, so a worker
// ignores entries from before its configuration, which contains them. SLOTS are addresses with ports, each padded to WIDTH
// characters, so that one is found without a search; a server with the weight 3 has three. No slot: there is no server.

/** Target of proxy_pass: the upstream of the configuration, or one server of its entry. It must never fail: that would close the connection. */
function pick(s) {
  var name = s.variables.lbex_upstream
  try {
    var entry = ngx.shared.lbex.get(name)
    return (entry !== undefined && serverOf(entry, s)) || name
  } catch (error) {
    return name
  }
}

/** Undefined if the entry is older than the configuration of this worker. */
function serverOf(entry, s) {
  var start = entry.indexOf(':') + 1
  var head = entry.substring(0, start - 1).split(' ')
  if (head[0] !== s.variables.lbex_key) return undefined
  var width = Number(head[2])
  var count = (entry.length - start) / width
  if (count === 0) return 'lbex_refuse'
  var at = start + Math.floor(turnOf(s.variables.connection) * count) * width
  return entry.substring(at, at + width).trim()
}

/**
 * From 0 up to 1, spread evenly: the number of the connection, which all workers count together, times the golden ratio. A counter
 * in the dictionary would take its lock at each connection, and a worker that is killed would leave it locked.
 */
function turnOf(connection) {
  return (connection * 0.6180339887498949) % 1
}

/**
 * Answers one line on the control socket. The request is JSON: {"key", "from"} to read, and {"key", "revision", "set": {NAME:
 * "WIDTH:SLOTS"}, "remove": [NAME]} to change. The answer is a line of JSON as well: {"revision"} with {"entries", "next"} after a
 * request to read, or {"error"}. `next` is the `from` of the next part of the entries; the last part has none.
 */
function control(s) {
  s.on('upload', function (request) {
    // NGINX calls this with all that has arrived so far, and not with the new part only.
    if (request.charAt(request.length - 1) !== '\n') return
    s.off('upload')
    s.variables.lbex_reply = JSON.stringify(answer(request, s.variables.lbex_key)) + '\n'
    s.done()
  })
}

function answer(text, key) {
  try {
    var request = JSON.parse(text)
    if (!key || request.key !== key) return {error: 'key'}
    if (request.revision === undefined) return entriesOf(key, request.from || 0)
    check(request)
    return change(request, key)
  } catch (error) {
    return {error: String(error.message)}
  }
}

/** Throws before anything is changed. */
function check(request) {
  if (!(request.revision > 0 && request.revision % 1 === 0)) throw new Error('revision')
  Object.keys(request.set).forEach(function (name) {
    if (!isName(name) || !isEntry(request.set[name])) throw new Error('entry of ' + name)
  })
  if (!Array.isArray(request.remove) || !request.remove.every(isName)) throw new Error('remove')
}

function isName(name) {
  return /^[\w-]{1,255}$/.test(name)
}

function isEntry(text) {
  var parts = /^(\d{1,2}):([\d.:a-f[\] ]*)$/.exec(text)
  if (!parts) return false
  var width = Number(parts[1])
  if (width === 0 || parts[2].length % width !== 0) return false
  for (var at = 0; at < parts[2].length; at += width) {
    if (!/^(\d[\d.]+|\[[\da-f:.]+\]):\d{1,5} *$/.test(parts[2].substring(at, at + width))) return false
  }
  return true
}

/** The entries of `set` are read back: the answer says what the dictionary has, not what it was asked for. */
function change(request, key) {
  var dictionary = ngx.shared.lbex
  request.remove.forEach(function (name) {
    dictionary.delete(name)
  })
  Object.keys(request.set).forEach(function (name) {
    var entry = [key, request.revision, request.set[name]].join(' ')
    dictionary.set(name, entry)
    if (dictionary.get(name) !== entry) throw new Error('lost ' + name)
  })
  dictionary.set('/revision', String(request.revision))
  return {revision: revision()}
}

function revision() {
  return Number(ngx.shared.lbex.get('/revision') || 0)
}

/**
 * Characters of a part of the entries. It must fit in the buffer of the socket: NGINX has not taken the request from there, and so
 * begins to send the answer again whenever it could continue to send.
 */
var LARGEST_PART = 64000

/** `from`: how many names of the dictionary were in earlier parts. Entries that are older than the configuration are removed. */
function entriesOf(key, from) {
  var dictionary = ngx.shared.lbex
  var names = dictionary.keys(1000000)
  var entries = {}
  var left = LARGEST_PART
  var removed = 0
  for (var at = from; at < names.length; at += 1) {
    var entry = dictionary.get(names[at])
    if (names[at].charAt(0) === '/' || entry === undefined) continue
    var head = entry.split(' ', 2)
    if (head[0] === key) {
      left -= names[at].length + entry.length
      if (left < 0) return {revision: revision(), entries: entries, next: at - removed}
      entries[names[at]] = entry.substring(head.join(' ').length + 1)
    } else {
      dictionary.delete(names[at])
      removed += 1
    }
  }
  return {revision: revision(), entries: entries}
}

export default {pick: pick, control: control}
