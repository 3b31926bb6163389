"""The table of mistakes of syntax: each wrong text with what to say of it.

Each row is a test as well: its text gives its message, and no other.

Long because it is one table, which is best read as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """One wrong declaration and the answer to it.

    Attributes:
        wrong: the text; it holds this one mistake.
        at: the text that is pointed at.
        message: what is wrong; `{found}` stands for the word that does not fit, and
            `{before}` for the one before it.
        help: what to write instead.
        anywhere: the answer holds after the same kind of word in any construct.
        this_word: the answer holds for this word alone, not for any in its place.
    """

    wrong: str
    at: str
    message: str
    help: str
    anywhere: bool = False
    this_word: bool = False


EXAMPLES: tuple[Example, ...] = (
    # Names and titles
    Example(
        "service {\n}",
        "{",
        "the service has no name",
        'write `service access "Access line" {`',
    ),
    Example(
        'service "Access line" {\n}',
        '"Access line"',
        "the service has a title but no name",
        'write the name first: `service access "Access line" {`',
    ),
    Example(
        'catalog "Northwind" {\n}',
        '"Northwind"',
        "the catalog has a title but no name",
        'write the name first: `catalog northwind "Northwind" {`',
    ),
    Example(
        'package "Business" {\n}',
        '"Business"',
        "the package has a title but no name",
        'write the name first: `package business "Business" {`',
    ),
    Example(
        "catalog northwind Northwind {\n}",
        "Northwind",
        "`{found}` is neither a title nor the start of the block",
        'a title stands in quotes: `catalog northwind "Northwind" {`',
    ),
    Example(
        "service access Access {\n}",
        "Access",
        "`{found}` is neither a title nor the start of the block",
        'a title stands in quotes: `service access "Access line" {`',
    ),
    Example(
        "package business Business {\n}",
        "Business",
        "`{found}` is neither a title nor the start of the block",
        'a title stands in quotes: `package business "Business" {`',
    ),
    Example(
        'service static-ip "Static address" {\n}',
        "-",
        "a name has no `-` in it",
        "join its words with `_`: `static_ip`",
        anywhere=True,
    ),
    Example(
        "service 3g_data {\n}",
        "3",
        "a name does not start with a digit",
        "start it with a letter: `data_3g`",
    ),
    Example(
        "service type fees fee",
        "fee",
        "the `=` is missing",
        "write `service type activation_fees = fee`",
    ),
    Example(
        "service status active billable",
        "billable",
        "the `=` is missing",
        "write `service status active = billable`",
    ),
    Example(
        "package status open billable",
        "billable",
        "the `=` is missing",
        "write `package status open = billable`",
    ),
    Example(
        "service status active",
        "active",
        "the status has no base",
        "write `service status active = billable`, or `= non_billable`, or `= canceled`",
    ),
    # Lists and lines
    Example(
        "catalog c {\n  currencies CAD USD\n}",
        "USD",
        "a comma is missing before `{found}`",
        "set the items of a list apart with commas: `CAD, USD`",
    ),
    Example(
        "catalog c {\n  currencies CAD, USD,\n}",
        ",",
        "the list ends with a comma",
        "remove the comma, or write what follows it on the same line",
        anywhere=True,
    ),
    Example(
        "service type a = fee; service type b = fee",
        ";",
        "a declaration ends with its line",
        "start the next declaration on a new line",
        anywhere=True,
    ),
    Example(
        "service a {\n} type recurring",
        "type",
        "a declaration ends with its `}`",
        "put `{found}` into the block, or on a new line of its own",
        anywhere=True,
    ),
    Example(
        "catalog c {\n  timezone America\n}",
        "America",
        "the time zone is not in quotes",
        'write `timezone "America/Toronto"`',
    ),
    # Money
    Example(
        "service a {\n  price monthly 12,000.00 CAD\n}",
        ",",
        "an amount is without its currency",
        "each amount has its own: `864.00 CAD, 648.00 USD`; decimals stand behind a point: "
        "`0.50 CAD`; thousands are set apart with `_`: `12_000.00 CAD`",
        anywhere=True,
    ),
    Example(
        "service a {\n  price monthly 12.00\n}",
        "12.00",
        "the amount has no currency",
        "write its currency behind it: `{before} CAD`",
    ),
    Example(
        "service a {\n  price CAD 12.00\n}",
        "CAD",
        "the currency stands before its amount",
        "write the amount first: `12.00 {found}`",
    ),
    Example(
        "service a {\n  price monthly CAD 12.00\n}",
        "CAD",
        "the currency stands before its amount",
        "write the amount first: `12.00 {found}`",
    ),
    Example(
        "service a {\n  price monthly {\n    active CAD 12.00\n  }\n}",
        "CAD",
        "the currency stands before its amount",
        "write the amount first: `12.00 {found}`",
    ),
    Example(
        "service a {\n  price monthly 12.00 CAD 9.00 USD\n}",
        "9.00",
        "a comma is missing before `{found}`",
        "set the amounts apart with commas: `12.00 CAD, 9.00 USD`",
    ),
    Example(
        "service a {\n  price monthly\n}",
        "monthly",
        "the price has no amount",
        "write amounts, `price monthly 12.00 CAD`, or a block with an amount for each status",
    ),
    Example(
        "service a {\n  on activate charge activation\n}",
        "activation",
        "the charge has no amount",
        "write `on activate charge {before} 75.00 CAD`",
    ),
    Example(
        "service a {\n  tax 19%\n}",
        "19",
        "a service names its tax class, not a percentage",
        "write `tax telecom`, and the percentage in a tax: `telecom DE {found}%`",
    ),
    Example(
        "service a {\n  price\n}",
        "price",
        "the price says neither how often nor how much",
        "write `price monthly 12.00 CAD`, or `price 50.00 CAD` for a single charge",
    ),
    Example(
        "service a {\n  price monthly {\n    active\n  }\n}",
        "active",
        "the status has no price",
        "write `active 12.00 CAD`",
    ),
    Example(
        "service a {\n  on activate 75.00 CAD\n}",
        "75.00",
        "it is not said which service charges",
        "write `on activate charge activation 75.00 CAD`, where `activation` is a fee service",
    ),
    # Dates and frequencies
    Example(
        "service a {\n  active from 2026-1-31\n}",
        "2026",
        "`{found}` is not a whole date",
        "write four digits for the year and two for month and day: `2026-01-31`",
    ),
    Example(
        "service a {\n  active until 2026-1-31\n}",
        "2026",
        "`{found}` is not a whole date",
        "write four digits for the year and two for month and day: `2026-01-31`",
    ),
    Example(
        "package p {\n  bills every month\n}",
        "month",
        "`every` needs a number of months",
        "write `monthly`, or `every 2 months`",
    ),
    Example(
        "package p {\n  bills monthly advance\n}",
        "advance",
        "`in` is missing before `{found}`",
        "write `bills monthly in advance`",
    ),
    Example(
        "package p {\n  bills in advance\n}",
        "in",
        "it is not said how often the package bills",
        "write `bills monthly in advance`",
    ),
    # Packages
    Example(
        "package p {\n  service access 1-50\n}",
        "-",
        "a range is not written with `-`",
        "write `1..50`",
    ),
    Example(
        "package p {\n  service access 1 to 50\n}",
        "to",
        "a range is not written with `to`",
        "write `1..50`",
    ),
    Example(
        "package p {\n  service access 5\n}",
        "5",
        "a single number is no range",
        "write `5..5` for exactly five, or `optional up to 5`",
    ),
    Example(
        "package p {\n  service access optional 8\n}",
        "8",
        "`up to` is missing before `{found}`",
        "write `optional up to 8`",
    ),
    # Bill groups and taxes
    Example(
        "bill group b {\n  terms 30 days\n}",
        "30",
        "`net` is missing before `{found}`",
        "write `terms net 30 days`",
    ),
    Example(
        "tax t {\n  telecom CA-ON 13\n}",
        "13",
        "the rate has no `%`",
        "write `13%`",
    ),
    Example(
        "tax t {\n  telecom 13%\n}",
        "13",
        "the rate has no jurisdiction",
        "write the country or its part first: `CA-ON 13%`",
    ),
    Example(
        "tax t {\n  telecom FR 19, DE 20%\n}",
        ",",
        "the rate has no `%`",
        "write `CA-ON 13%`; decimals stand behind a point: `14.975%`",
    ),
    Example(
        "feed f {\n  id record_id at started\n}",
        "at",
        "`{found}` is not set apart from the name before it",
        "each statement has a line of its own; several fields have commas: `id file, record`",
    ),
    # Lifecycles
    Example(
        "lifecycle l {\n  activate ordered active\n}",
        "active",
        "the arrow is missing before `{found}`",
        "write `activate ordered -> active`; several sources are set apart with commas",
    ),
    Example(
        "lifecycle l {\n  activate ordered => active\n}",
        "=",
        "the arrow is written `->`",
        "write `activate ordered -> active`",
    ),
    Example(
        "lifecycle l {\n  activate\n}",
        "activate",
        "the transition leads from nowhere to nowhere",
        "write `activate ordered -> active`",
    ),
    # Usage
    Example(
        'usage class a measured in data when kind = "web"',
        "=",
        "things are compared with `==`",
        'write `kind == "web"`',
        anywhere=True,
    ),
    Example(
        'usage class a measured in data when kind is "web"',
        '"web"',
        "`is` only asks what is missing",
        'write `kind == "web"`, or `kind is missing`',
    ),
    Example(
        "usage class a measured in data when kind is not missing",
        "not",
        "`is` only asks what is missing",
        "write `not kind is missing`",
    ),
    Example(
        'usage class a measured in data when kind equals "web"',
        "equals",
        "`{found}` compares nothing",
        'write `kind == "web"`, or `country in north_america` for a zone',
    ),
    Example(
        'usage class a measured in data when called starts "190"',
        '"190"',
        "`with` is missing before the text",
        'write `called starts with "190"`',
    ),
    Example(
        "usage class a measured in data when called starts with 190",
        "190",
        "the digits are not in quotes",
        'write `called starts with "190"`',
    ),
    # Units and feeds
    Example(
        "unit token 1 count",
        "1",
        "the `=` is missing",
        "write `unit token = 1 count`",
    ),
    Example(
        "unit token = count",
        "count",
        "it is not said how many the unit holds",
        "write `unit token = 1 count`",
    ),
    Example(
        "feed f {\n  separator ;\n}",
        "separator",
        "the separator is not in quotes",
        'write `separator ";"`',
    ),
    Example(
        "feed f {\n  decimal comma\n}",
        "comma",
        "the decimal sign is not in quotes",
        'write `decimal ","`',
    ),
    Example(
        "feed f {\n  encoding latin1\n}",
        "latin1",
        "the encoding is not in quotes",
        'write `encoding "latin-1"`',
    ),
    Example(
        'feed f {\n  id "Call Id"\n}',
        '"Call Id"',
        "a field in quotes has the word `field` before it",
        'write `id field "Call Id"`',
    ),
    Example(
        'feed f {\n  at "Call Start"\n}',
        '"Call Start"',
        "a field in quotes has the word `field` before it",
        'write `at field "Call Start"`',
    ),
    Example(
        "feed f {\n  id from file\n}",
        "file",
        "a row's number alone, or a file's name, is no id",
        "write `id from file and row`",
    ),
    Example(
        "feed f {\n  at ts as epoch\n}",
        "epoch",
        "it is not said what the time counts",
        "write `at ts as seconds`, `as milliseconds` or `as microseconds`, since 1970 in UTC",
    ),
    Example(
        'feed f {\n  at ts as seconds in "UTC"\n}',
        "in",
        "seconds since 1970 have no time zone",
        "write `at ts as seconds`",
    ),
    Example(
        "feed f {\n  quantity seconds\n}",
        "seconds",
        "it is not said what it is in",
        "write a unit, `quantity seconds in s`, or for an amount its currency: `gross in USD`",
    ),
    Example(
        "feed f {\n  event input\n}",
        "input",
        "the event has no block",
        "write `event input { quantity tokens in token }`",
    ),
    Example(
        'feed f {\n  skip if status == "TEST"\n}',
        "if",
        "`when` is missing before `{found}`",
        'write `skip when status == "TEST"`',
    ),
    Example(
        "usage class a measured data",
        "data",
        "`in` is missing before `{found}`",
        "write `measured in data`",
    ),
    Example(
        "usage class a",
        "a",
        "it is not said how the class is measured",
        "write `measured in data`, `measured in time` or `measured in count`",
    ),
    Example(
        "zone z countries CA, US",
        "countries",
        "the `=` is missing",
        "write `zone north_america = countries CA, US`",
    ),
    Example(
        "zone z = CA, US",
        "CA",
        "it is not said what the zone is made of",
        "write `zone north_america = countries CA, US`",
    ),
    Example(
        "zone z = prefixes +1900",
        "+",
        "a prefix is digits, without `+`",
        "write `zone premium = prefixes 1900, 1976`",
    ),
    Example(
        'zone z = prefixes "1900"',
        '"1900"',
        "a prefix is digits, without quotes",
        "write `zone premium = prefixes 1900, 1976`",
    ),
    Example(
        "zone table t from destinations",
        "destinations",
        "the name of the table's file is not in quotes",
        'write `zone table destinations from "destinations.csv"`',
    ),
    Example(
        'zone table t = "destinations.csv"',
        "=",
        "a table comes `from` its file",
        'write `zone table destinations from "destinations.csv"`',
    ),
    Example(
        'zone table t "destinations.csv"',
        '"destinations.csv"',
        "a table comes `from` its file",
        'write `zone table destinations from "destinations.csv"`',
    ),
    Example(
        "time band night = weekdays 8pm..7am",
        "8",
        "hours are those of a clock of 24",
        "write `daily 20:00..07:00`",
    ),
    Example(
        "time band b = 20:00..07:00",
        "20:00",
        "it is not said on which days",
        "write `daily 20:00..07:00`, or `weekdays 20:00..07:00`",
    ),
    Example(
        "time band b = daily 20..07",
        "20",
        "a time of day is written with hours and minutes",
        "write `daily 20:00..07:00`",
    ),
    Example(
        "time band b = daily 20:00-07:00",
        "-",
        "hours are written with `..` between them",
        "write `daily 20:00..07:00`",
    ),
    Example(
        "time band b = monday-friday 20:00..07:00",
        "-",
        "days are written with `..` between them",
        "write `monday..friday 20:00..07:00`, or `weekdays 20:00..07:00`",
    ),
    Example(
        "time band b = daily 20:00 to 07:00",
        "to",
        "hours are written with `..` between them",
        "write `daily 20:00..07:00`",
    ),
    Example(
        "time band b weekends",
        "weekends",
        "the `=` is missing",
        "write `time band off_peak = weekdays 20:00..07:00, weekends`",
    ),
    Example(
        "rate group g {\n  web_data CAD 1.20 per GB\n}",
        "CAD",
        "the currency stands before its amount",
        "write the amount first: `1.20 CAD per GB`",
    ),
    Example(
        "rate group g {\n  voice to DE via ACME  0.02 USD per minute\n}",
        "ACME",
        "the carrier stands without quotes",
        'write `via "ACME"`',
    ),
    Example(
        'rate group g {\n  voice via "ACME" to DE  0.02 USD per minute\n}',
        "to",
        "the parts of a rate stand in another order",
        'write `voice to ZONE via "CARRIER" during BAND`, and then the price',
    ),
    Example(
        "rate group g {\n  voice minimum 60 s  0.02 USD per minute\n}",
        "minimum",
        "a minimum stands before the price",
        "write it behind the price: `0.02 USD per minute  minimum 60 s`",
        this_word=True,
    ),
    Example(
        "rate group g {\n  voice increment 60 s  0.02 USD per minute\n}",
        "increment",
        "an increment stands before the price",
        "write it behind the price: `0.02 USD per minute  increment 60 s`",
        this_word=True,
    ),
    Example(
        "rate group g {\n  voice during night to DE  0.02 USD per minute\n}",
        "to",
        "the parts of a rate stand in another order",
        'write `voice to ZONE via "CARRIER" during BAND`, and then the price',
    ),
    Example(
        "rate group g {\n  voice to DE night  0.02 USD per minute\n}",
        "night",
        "`{found}` is no part of a rate",
        'write `voice to ZONE via "CARRIER" during BAND`, and then the price',
    ),
    Example(
        "rate group g {\n  voice abroad  0.02 USD per minute\n}",
        "abroad",
        "`{found}` is no part of a rate",
        'write `voice to ZONE via "CARRIER" during BAND`, and then the price',
    ),
    Example(
        'rate group g {\n  rates from "calls.csv"\n}',
        "from",
        "a row of a rate group has no `from`",
        'a table stands behind its group: `rate group roaming from "roaming.csv"`; where usage '
        "comes from is the group's `when`",
        this_word=True,
    ),
    Example(
        'rate group g {\n  voice when carrier == "A"  0.02 USD per minute\n}',
        "when",
        "a condition is the group's, not a row's",
        'write `rate group partners when carrier == "ACME" {`',
        this_word=True,
    ),
    Example(
        'rate group g {\n  voice to DE when carrier == "A"  0.02 USD per minute\n}',
        "when",
        "a condition is the group's, not a row's",
        'write `rate group partners when carrier == "ACME" {`',
        this_word=True,
    ),
    *(
        Example(
            f"rate group g {{\n  voice {place}{word}\n}}",
            word,
            "a rate of zero is a price as well",
            "write `0.00 USD per minute`",
            this_word=True,
        )
        for place in ("", "to DE ", "during night ")
        for word in ("free", "included")
    ),
    Example(
        "rate group g {\n  voice to 49  0.02 USD per minute\n}",
        "49",
        "a prefix stands behind `prefix`",
        "write `to prefix {found}`",
    ),
    Example(
        "rate group g {\n  voice during night, weekend  0.02 USD per minute\n}",
        ",",
        "a rate is for one time band",
        "declare one that holds both: `time band off_peak = weekdays 20:00..07:00, weekends`",
    ),
    *(
        Example(
            f"rate group g {{\n  voice  0.02 USD per started {unit}\n}}",
            unit,
            "what is counted by those that were begun is a block",
            "write `per block of 1 {found}`",
            this_word=True,
        )
        for unit in ("second", "minute", "hour", "MB", "GB")
    ),
    Example(
        "rate group g {\n  voice  0.02 USD per minute rounded up to 60 s\n}",
        "rounded",
        "`{found}` is no part of a price",
        "an event is rounded up by `increment 60 s`, and counts for at least `minimum 60 s`",
    ),
    Example(
        "rate group g {\n  voice  0.02 USD per minute minimum 60\n}",
        "60",
        "the quantity has no unit",
        "write its unit behind the number: `{before} s`",
    ),
    Example(
        "rate group g {\n  voice to prefix +49  0.02 USD per minute\n}",
        "+",
        "a prefix is digits",
        "write it without `+`: `to prefix 49`",
    ),
    Example(
        "rate plan p {\n  otherwise 0.00 USD\n}",
        "0.00",
        "usage without a rate is rejected, and has no price",
        "write `otherwise reject`, or add a group with a rate for the rest",
    ),
    Example(
        "rate plan p {\n  web_data 1.00 USD per GB\n}",
        "1.00",
        "a rate plan lists rate groups; rates stand in a group",
        "write `rate group home {` around the rates, and `home` here",
    ),
    Example(
        "rate plan p {\n  otherwise zero\n}",
        "zero",
        "`{found}` is no way to treat usage without a rate",
        "write `otherwise reject`",
    ),
    Example(
        "bucket b of base {\n  50 GB included\n}",
        "50",
        "a tier starts with its upper bound",
        "write `up to 50 GB included`, or `beyond rated` for the last tier",
    ),
    Example(
        "bucket b of base {\n  up to 50 included\n}",
        "included",
        "the bound has no unit",
        "write `up to 50 GB included`",
    ),
    Example(
        "bucket b of base {\n  up to 2,000 GB included\n}",
        ",",
        "the bound has no unit",
        "thousands are set apart with `_`: `up to 2_000 GB included`",
    ),
    Example(
        "bucket b of base {\n  up to 60 GB flat 9.00 CAD\n}",
        "flat",
        "`flat` stands before its amount",
        "write `9.00 CAD flat`",
    ),
    Example(
        "bucket b of base {\n  beyond free\n}",
        "free",
        "it is not said what a tier costs",
        "write `included`, `rated`, `9.00 CAD flat` or `2.00 CAD per GB`",
    ),
    Example(
        "bucket b of base {\n  beyond rated 5.00 CAD flat\n}",
        "5.00",
        "what a tier costs besides the rates stands behind `+`",
        "write `rated + 5.00 CAD flat`",
    ),
    Example(
        "bucket b of base {\n  beyond rated + 5.00 CAD\n}",
        "CAD",
        "what a tier costs besides the rates is `flat`",
        "write `rated + 5.00 CAD flat`",
    ),
    Example(
        "bucket b of base {\n  unlimited included\n}",
        "unlimited",
        "a tier without a bound is `beyond`",
        "write `beyond  included`",
        this_word=True,
    ),
    Example(
        "bucket b of base {\n  rollover 2 GB\n}",
        "rollover",
        "`{found}` starts no statement here",
        "write `rolls over 2 GB for 1 period`",
        this_word=True,
    ),
    Example(
        "share plan p {\n  bucket b of base {\n    one time for 30 days\n  }\n}",
        "one",
        "a pool is filled anew each period of its selling service",
        "write `recurring  monthly`; `one time` is for a bucket of one service",
        this_word=True,
    ),
    Example(
        "share plan p {\n  bucket b of base {\n    rollover 2 GB\n  }\n}",
        "rollover",
        "`{found}` starts no statement here",
        "write `rolls over 2 GB for 1 period`",
        this_word=True,
    ),
    Example(
        "bucket b of base {\n  one-time\n}",
        "-",
        "a bucket that is never filled again is `one time`",
        "write `one time for 3 months`",
    ),
    Example(
        "bucket b of base {\n  one time 3 months\n}",
        "3",
        "how long a bucket lasts stands behind `for`",
        "write `one time for 3 months`",
    ),
    Example(
        "bucket b of base {\n  one time for 3 years\n}",
        "years",
        "a bucket lasts for months or days",
        "write `one time for 12 months`",
    ),
    Example(
        "bucket b of base {\n  rolls over 2 GB\n}",
        "GB",
        "it is not said how long what is left may be used",
        "write `rolls over 2 GB for 1 period`",
    ),
    Example(
        "bucket b of base {\n  rolls over for 1 period\n}",
        "for",
        "it is not said how much rolls over",
        "write `rolls over all for 1 period`",
    ),
    Example(
        "bucket b of base {\n  rolls over 2 GB for 1 month\n}",
        "month",
        "what is left rolls over for periods of the bucket",
        "write `rolls over 2 GB for 1 period`",
    ),
    Example(
        "bucket b of base {\n  priority high\n}",
        "high",
        "a priority is a number",
        "write `priority 1`: the smaller is drawn first",
    ),
    Example(
        "share plan p {\n  sold by fee\n}",
        "by",
        "the service that sells a share plan stands behind `sold as`",
        "write `sold as fleet_pool_fee`",
    ),
    Example(
        "share plan p {\n  bucket of base {\n  }\n}",
        "base",
        "the bucket has no name",
        "write `bucket pooled of home_data {`",
    ),
    Example(
        "share plan p {\n  bucket b of c {\n    pool 1 GB for each sim\n  }\n}",
        "for",
        "the service that fills the pool stands behind `per`",
        "write `pool  500 GB + 1 GB per sim in active`",
    ),
    Example(
        "share plan p {\n  bucket b of c {\n    pool 1 GB per sim, 5 GB\n  }\n}",
        ",",
        "the parts of a pool are joined by `+`",
        "write `pool  500 GB + 1 GB per sim in active`",
    ),
    Example(
        "package p {\n  prorated days\n}",
        "days",
        "it is not said by what parts of a period are counted",
        "write `prorated by days`, or `prorated never`",
    ),
    Example(
        "package p {\n  prorated by 30\n}",
        "30",
        "it is not said by what parts of a period are counted",
        "write `by days`, `by seconds`, `by fixed 30` or `by 30/360`",
    ),
    Example(
        "package p {\n  service sim 1..10 using fleet\n}",
        "using",
        "the service's own rate plan stands behind `rates`",
        "write `service sim 1..10 rates fleet_usage`",
    ),
    Example(
        "tax vat {\n  prices tax\n}",
        "tax",
        "it is not said whether prices hold the tax",
        "write `prices include tax`",
    ),
    Example(
        "tax vat {\n  exemption reverse\n}",
        "reverse",
        "the exemption does not say what the invoice prints",
        'write `exemption reverse_charge "VAT is due by the recipient"`',
    ),
    Example(
        'tax vat {\n  exemption "Reverse charge"\n}',
        '"Reverse charge"',
        "the exemption has a text but no name, by which accounts refer to it",
        'write `exemption reverse_charge "VAT is due by the recipient"`',
    ),
    Example(
        'bill group b {\n  invoice "fleet.html.j2"\n}',
        '"fleet.html.j2"',
        "the invoice's template stands behind `template`",
        'write `invoice template "templates/fleet.html.j2"`',
    ),
    Example(
        "bill group b {\n  invoice template fleet\n}",
        "fleet",
        "the template's file is not in quotes",
        'write `invoice template "templates/fleet.html.j2"`',
    ),
    Example(
        "bill group b {\n  deliver email attach usage_detail as csv\n}",
        "attach",
        "a comma stands before each attachment",
        "write `deliver email, attach usage_detail as csv`",
    ),
    Example(
        "bill group b {\n  deliver email, usage_detail as csv\n}",
        "usage_detail",
        "what goes with the invoice stands behind `attach`",
        "write `deliver email, attach usage_detail as csv`",
    ),
    Example(
        "bill group b {\n  deliver email, attach usage_detail\n}",
        "usage_detail",
        "the attachment's format is missing",
        "write `attach usage_detail as csv`",
    ),
    Example(
        "bill group b {\n  zero invoices hidden\n}",
        "hidden",
        "invoices over nothing are sent or suppressed",
        "write `zero invoices suppressed`",
    ),
    Example(
        "bill group b {\n  carry forward 5.00 USD\n}",
        "5.00",
        "small totals are carried forward under an amount",
        "write `carry forward under 5.00 USD`",
    ),
    Example(
        "service s {\n  price monthly from 2027-01-01 5.00 USD\n}",
        "5.00",
        "it is not said whom the new price is for",
        "write `from 2027-01-01 for new sales`, `for renewals` or `for all`",
    ),
    Example(
        "service s {\n  price monthly from 2027-01-01 {\n  }\n}",
        "{",
        "it is not said whom the new price is for",
        "write `from 2027-01-01 for new sales`, `for renewals` or `for all`",
    ),
    Example(
        "service s {\n  price monthly from 2027-01-01 volume {\n  }\n}",
        "volume",
        "it is not said whom the new price is for",
        "write `from 2027-01-01 for new sales`, `for renewals` or `for all`",
    ),
    Example(
        "service s {\n  price monthly from 2027-01-01 for sales 5.00 USD\n}",
        "sales",
        "a new price is for new sales, for renewals or for all",
        "write `from 2027-01-01 for new sales`, `for renewals` or `for all`",
    ),
    Example(
        "service s {\n  price monthly for new sales 5.00 USD\n}",
        "for",
        "it is not said from when the new price holds",
        "write `from 2027-01-01 for new sales`, `for renewals` or `for all`",
    ),
    Example(
        "service s {\n  price yearly from monthly\n}",
        "monthly",
        "a price is derived from another with `derived`",
        "write `price yearly derived from monthly`",
    ),
    Example(
        "service s {\n  price yearly derived monthly\n}",
        "monthly",
        "it is not said what the price is derived from",
        "write `price yearly derived from monthly`",
    ),
    Example(
        "service s {\n  price yearly derived from monthly 10%\n}",
        "10",
        "what is taken off stands behind `less`",
        "write `price yearly derived from monthly less 10%`",
    ),
    Example(
        "service s {\n  price yearly derived from monthly - 10%\n}",
        "-",
        "what is taken off stands behind `less`",
        "write `price yearly derived from monthly less 10%`",
    ),
    Example(
        "count sims = sim in active",
        "sim",
        "it is not said what is counted, services or packages",
        "write `count active_sims = service sim in active`",
    ),
    Example(
        "count sims service sim",
        "service",
        "the `=` is missing",
        "write `count active_sims = service sim in active`",
    ),
    Example(
        "count sims = service sim across tree",
        "tree",
        "a count goes across an account, its tree or one account package",
        "write `across account tree`",
    ),
    Example(
        "count sims = service sim across account children",
        "children",
        "a count goes across an account, its tree or one account package",
        "write `across account tree`",
    ),
    Example(
        "count sims = service sim where open",
        "open",
        "only the package's status can be asked for here",
        "write `where package in open`",
    ),
    Example(
        "count sims = service sim where package open",
        "open",
        "the statuses stand behind `in`",
        "write `where package in open`",
    ),
    Example(
        "count sims = service sim active",
        "active",
        "the statuses stand behind `in`",
        "write `count active_sims = service sim in active`",
    ),
    Example(
        "discount launch 10% off",
        "10",
        "the `=` is missing",
        "write `discount launch = 10% off`",
    ),
    Example(
        "discount launch = 10%",
        "%",
        "it is not said what happens to the percentage",
        "write `10% off`",
    ),
    Example(
        "discount launch = 2.00 USD for 3 periods",
        "for",
        "an amount is taken off, or is the price",
        "write `2.00 USD off` or `10% off`, or `at 2.00 USD` for a price",
    ),
    Example(
        "discount launch = 2.00 USD",
        "USD",
        "an amount is taken off, or is the price",
        "write `2.00 USD off` or `10% off`, or `at 2.00 USD` for a price",
    ),
    Example(
        "discount launch = 10% off for 6 months",
        "months",
        "a discount lasts for billing periods",
        "write `for {before} periods`: months of a monthly package, years of a yearly one",
    ),
    Example(
        "discount launch = 10% off for ever",
        "ever",
        "a discount without `for` is for ever",
        "write `for 6 periods`, or leave `for {found}` out",
    ),
    Example(
        "contract c {\n  term one year\n}",
        "one",
        "a contract's term is a number of months",
        "write `term 12 months`",
    ),
    Example(
        "contract c {\n  term 1 year\n}",
        "year",
        "a contract's term is a number of months",
        "write `term 12 months`",
    ),
    Example(
        "contract c {\n  term 24\n}",
        "24",
        "a contract's term is a number of months",
        "write `term {before} months`",
    ),
    Example(
        "contract c {\n  leaving early costs 200.00 USD\n}",
        "USD",
        "it is not said which fee service charges what leaving early costs",
        "write `leaving early costs 200.00 USD charge termination_fee`",
    ),
    Example(
        "contract c {\n  leaving early costs 50% of remaining charges\n}",
        "charges",
        "it is not said which fee service charges what leaving early costs",
        "write `leaving early costs 50% of remaining charges charge termination_fee`",
    ),
    Example(
        "contract c {\n  price 20.00 USD\n}",
        "price",
        "a contract has the prices of services",
        "write `service sim monthly 5.00 USD`",
        this_word=True,
    ),
    Example(
        "package p {\n  price monthly 20.00 USD\n}",
        "price",
        "a package has no price of its own: it is that of its services",
        "write the price in a service, and `service` with its name here",
        this_word=True,
    ),
    Example(
        "package p {\n  service sim up to 5\n}",
        "up",
        "it is not said how many there are at the least",
        "write `1..5`, or `optional up to 5` for none at the sale",
        this_word=True,
    ),
    Example(
        "package p {\n  bills every 30 days\n}",
        "days",
        "periods are made of months",
        "write `monthly`, or `every 3 months`",
    ),
    Example(
        "contract c {\n  minimum 500.00 USD per month\n}",
        "month",
        "it is not said which fee service charges what is short",
        "write `minimum 500.00 USD per month charge shortfall`",
    ),
    Example(
        "contract c {\n  minimum 500.00 USD monthly charge shortfall\n}",
        "monthly",
        "a minimum is per month, per so many months or per term",
        "write `per month`",
    ),
    Example(
        "contract c {\n  minimum 100 sim at 5.00 USD per month charge shortfall\n}",
        "per",
        "an instance short costs an amount each",
        "write `minimum 100 sim at 5.00 USD each per month charge shortfall`",
    ),
    Example(
        "contract c {\n  leaving early costs 50% charge termination_fee\n}",
        "charge",
        "a percentage is one of the charges that remain",
        "write `costs 50% of remaining charges`",
    ),
    Example(
        "contract c {\n  leaving early 200.00 USD charge termination_fee\n}",
        "200.00",
        "what leaving early costs stands behind `costs`",
        "write `leaving early costs 200.00 USD charge termination_fee`",
    ),
    Example(
        "price book b {\n  sim monthly 5.00 USD\n}",
        "sim",
        "`{found}` starts no statement here",
        "a price starts with `service`: `service sim monthly 5.00 USD`",
    ),
    Example(
        "price book b {\n  region emea DE, FR {\n  }\n}",
        "DE",
        "the countries of a region stand behind `for countries`",
        "write `region emea for countries DE, FR {`",
    ),
    Example(
        "price book b {\n  region emea for DE {\n  }\n}",
        "DE",
        "the countries of a region stand behind `for countries`",
        "write `region emea for countries DE, FR {`",
    ),
    Example(
        "price book b {\n  service sim price monthly 5.00 USD\n}",
        "price",
        "the price of a service follows its name",
        "write `service sim monthly 5.00 USD`",
    ),
    Example(
        "price book b {\n  service sim {\n  }\n}",
        "{",
        "it is not said how often the price is charged",
        "write `service sim monthly {`",
    ),
    Example(
        "price plan p {\n  reason approved\n}",
        "approved",
        "a reason stands in quotes",
        'write `reason "Approved by the deal desk, 2026-01-12"`',
    ),
    Example(
        "price plan p {\n  package fleet monthly 5.00 USD\n}",
        "monthly",
        "a package has no price of its own: it is that of its services",
        "write `service sim monthly 5.00 USD`, or a discount: `package fleet 10% off`",
    ),
    Example(
        "price plan p {\n  service sim 10%\n}",
        "%",
        "it is not said what happens to the percentage",
        "write `10% off`",
    ),
    Example(
        "bucket b {\n}",
        "{",
        "the bucket does not say of which base bucket it is",
        "write `bucket included_data of home_web {`",
    ),
)

CHARACTERS: dict[str, str] = {
    "$": "write the amount, then the currency's code: `80.00 USD`",
    "€": "write the amount, then the currency's code: `80.00 EUR`",
    "£": "write the amount, then the currency's code: `80.00 GBP`",
    "¥": "write the amount, then the currency's code: `8000 JPY`",
    "“": 'use straight quotes: `"`',
    "”": 'use straight quotes: `"`',
    "„": 'use straight quotes: `"`',
    "«": 'use straight quotes: `"`',
    "»": 'use straight quotes: `"`',
    "‘": 'use straight quotes: `"`',
    "’": 'use straight quotes: `"`',
    "'": 'texts stand in double quotes: `"`',
    "`": 'texts stand in double quotes: `"`',
    "/": "a price by the unit is written with `per`: `1.20 CAD per GB`; comments start with `#`",
    ":": "a statement is its words, without `:`",
    ".": "a range is written `1..50`, a number `0.5`",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=` for different",
    "\N{NO-BREAK SPACE}": "this is a no-break space, often from a word processor; use a plain one",
    "\N{EN DASH}": "use a plain `-`",
    "\N{EM DASH}": "use a plain `-`",
    "\N{RIGHTWARDS ARROW}": "the arrow is written `->`",
    "[": "blocks stand in braces: `{ ... }`",
}
