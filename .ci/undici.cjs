// What Vidra uses of undici. Its own entry loads fetch, WebSockets, caches and mocks too, for a third of Vidra's start-up time.
const Dispatcher = require('../node_modules/undici/lib/dispatcher/dispatcher.js');

Object.assign(Dispatcher.prototype, require('../node_modules/undici/lib/api/index.js'));

exports.Pool = require('../node_modules/undici/lib/dispatcher/pool.js');
exports.EnvHttpProxyAgent = require('../node_modules/undici/lib/dispatcher/env-http-proxy-agent.js');
