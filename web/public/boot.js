// Sets theme and language before the first paint, and begins what the scripts after it wait for. Runs in old browsers too.
(function () {
  var root = document.documentElement
  var kept = {}
  try {
    kept = JSON.parse(localStorage.getItem('callrelay.settings') || '{}') || {}
  } catch {
    // No storage (private window) or a broken value: the browser's own choice holds.
  }
  var dark = kept.theme === 'dark' || (kept.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.dataset.theme = dark ? 'dark' : 'light'
  root.style.colorScheme = dark ? 'dark' : 'light'
  document.querySelector('meta[name=theme-color]').content = dark ? '#0E1412' : '#F3F5F1'
  var wanted = kept.language || (navigator.languages || [navigator.language]).find(function (l) { return /^(en|zh)/i.test(l) }) || 'en'
  root.lang = /^zh/i.test(wanted) ? 'zh-Hans' : 'en'
  // The texts of that language, which the scripts ask for only when they run.
  var texts = document.querySelector('meta[name="texts-' + root.lang + '"]')
  if (texts) document.head.appendChild(Object.assign(document.createElement('link'), { rel: 'modulepreload', href: texts.content }))
  // The socket of a page that signs in by itself: three round trips beside those of the scripts. The client takes it.
  var address = location.origin.replace(/^http/, 'ws') + '/ws'
  try {
    if (location.pathname !== '/diag' && (sessionStorage.getItem('callrelay.session ' + address) || /[?&#](name|token)=/.test(location.search + location.hash))) {
      window.callrelaySocket = new WebSocket(address, 'callrelay.v1')
    }
  } catch {
    // Then the client opens it.
  }
})()
