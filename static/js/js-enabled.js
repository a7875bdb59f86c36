// Loaded first in <body>, before anything is drawn: lets the styles know that scripts run.
document.body.className += ' js-enabled' +
  ('noModule' in HTMLScriptElement.prototype ? ' govuk-frontend-supported' : '')
