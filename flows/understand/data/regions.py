"""Names of GeoNames' first-level regions where knowing the region tells places apart."""

from __future__ import annotations

from collections.abc import Mapping

from flows.understand.text import wordset


def _table(text: str) -> dict[str, str]:
    pairs = (entry.strip().partition(" ") for entry in text.split(","))
    return {code: name for code, _, name in pairs}


REGIONS: Mapping[str, Mapping[str, str]] = {
    "AT": _table(
        "01 Burgenland, 02 Kärnten, 03 Niederösterreich, 04 Oberösterreich, 05 Salzburg, "
        "06 Steiermark, 07 Tirol, 08 Vorarlberg, 09 Wien"
    ),
    "AU": _table(
        "01 Australian Capital Territory, 02 New South Wales, 03 Northern Territory, "
        "04 Queensland, 05 South Australia, 06 Tasmania, 07 Victoria, 08 Western Australia"
    ),
    "CA": _table(
        "01 Alberta, 02 British Columbia, 03 Manitoba, 04 New Brunswick, "
        "05 Newfoundland and Labrador, 07 Nova Scotia, 08 Ontario, 09 Prince Edward Island, "
        "10 Québec, 11 Saskatchewan, 12 Yukon, 13 Northwest Territories, 14 Nunavut"
    ),
    "DE": _table(
        "01 Baden-Württemberg, 02 Bayern, 03 Bremen, 04 Hamburg, 05 Hessen, 06 Niedersachsen, "
        "07 Nordrhein-Westfalen, 08 Rheinland-Pfalz, 09 Saarland, 10 Schleswig-Holstein, "
        "11 Brandenburg, 12 Mecklenburg-Vorpommern, 13 Sachsen, 14 Sachsen-Anhalt, "
        "15 Thüringen, 16 Berlin"
    ),
    "GB": _table("ENG England, NIR Northern Ireland, SCT Scotland, WLS Wales"),
    "SK": _table(
        "01 Banskobystrický kraj, 02 Bratislavský kraj, 03 Košický kraj, 04 Nitriansky kraj, "
        "05 Prešovský kraj, 06 Trenčiansky kraj, 07 Trnavský kraj, 08 Žilinský kraj"
    ),
    # Municipalities of the statistical region.
    "SI": dict.fromkeys(wordset("03 04 12 27 52 53 82 A3 B2 B9 D5 F1 F2 H4 K5 N7 O2"), "Gorenjska"),
    "US": _table(
        "AK Alaska, AL Alabama, AR Arkansas, AZ Arizona, CA California, CO Colorado, CT "
        "Connecticut, DC District of Columbia, DE Delaware, FL Florida, GA Georgia, HI "
        "Hawaii, IA Iowa, ID Idaho, IL Illinois, IN Indiana, KS Kansas, KY Kentucky, LA "
        "Louisiana, MA Massachusetts, MD Maryland, ME Maine, MI Michigan, MN Minnesota, MO "
        "Missouri, MS Mississippi, MT Montana, NC North Carolina, ND North Dakota, NE "
        "Nebraska, NH New Hampshire, NJ New Jersey, NM New Mexico, NV Nevada, NY New York, "
        "OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania, RI Rhode Island, SC South "
        "Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VA Virginia, VT "
        "Vermont, WA Washington, WI Wisconsin, WV West Virginia, WY Wyoming"
    ),
}
