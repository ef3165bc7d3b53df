// Before the first paint, so that the page doesn't flash: the theme chosen earlier.
const theme = localStorage.getItem("domov.theme");
if (theme) document.documentElement.dataset.theme = theme;
